#include "cli/client_session.h"

#include <utility>

#include "base/text.h"

namespace latchkey::cli {

Result<std::unique_ptr<ClientSession>> ClientSession::Open(const Session& session) {
  Result<client::Ports> ports = session.environment().client_ports();
  if (!ports) return std::unexpected(ports.error());
  std::unique_ptr<ClientSession> opened{new ClientSession{*std::move(ports)}};
  std::ostream& err = session.err();
  opened->keeper_ = std::make_unique<client::Keeper>(client::Keeper::Parts{
      .file = *opened->ports_.file,
      .boxes = *opened->ports_.boxes,
      .transport = *opened->ports_.transport,
      .clock = *session.environment().clock,
      .random = *opened->ports_.random,
      .tell = [&err](std::string_view line) {
        constexpr std::size_t kLineSizeMax = 2000;
        err << "latchkey: " << EscapeForTerminal(line, kLineSizeMax) << '\n' << std::flush;
      }});
  return opened;
}

Result<client::Login> FindLogin(const client::LoginBook& book, const std::string& url) {
  constexpr const char* kHint = "\"latchkey whoami\" lists the logins.";
  if (url.empty()) {
    if (book.logins.size() == 1) return book.logins.front();
    if (book.logins.empty()) {
      return Fail(Error::Code::kNotFound, "there is no login yet",
                  "Make one: latchkey login https://HOST");
    }
    return Fail(Error::Code::kInvalidArgument, "which login?", kHint);
  }
  const Result<client::Place> place = client::ParsePlace(url);
  if (!place) return std::unexpected(place.error());
  const client::Login* found = book.Find(*place);
  if (found != nullptr) return *found;
  return Fail(Error::Code::kNotFound, "there is no login for " + client::FormatPlace(*place),
              kHint);
}

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string{text};
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace latchkey::cli
