#include "client/git_protocol.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace latchkey::client {
namespace {

void TakeIn(std::string_view key, std::string_view value, GitQuestion& question) {
  if (key == "protocol") question.protocol = value;
  if (key == "host") question.host = value;
  if (key == "path") question.path = value;
  if (key == "username") question.username = value;
  if (key == "password" || key == "credential") question.secret = SecretString{value};
  if (key == "capability[]" && value == "authtype") question.knows_authtype = true;
  if (key == "wwwauth[]") {
    if (value.empty()) question.challenges.clear();
    if (!value.empty()) question.challenges.emplace_back(value);
  }
}

bool AsksFor(const GitQuestion& question, std::string_view scheme) {
  if (question.challenges.empty()) return true;
  return std::ranges::any_of(question.challenges, [scheme](const std::string& challenge) {
    return EqualsIgnoringCase(std::string_view{challenge}.substr(0, challenge.find(' ')), scheme);
  });
}

}  // namespace

Result<GitQuestion> ParseGitQuestion(std::string_view text) {
  GitQuestion question;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return Fail(Error::Code::kMalformed, "a line from git is not of the form key=value",
                  "This command is for git: git config credential.helper.");
    }
    TakeIn(line.substr(0, equals), line.substr(equals + 1), question);
  }
  return question;
}

SecretString FormatGitAnswer(const GitQuestion& question, std::string_view username,
                             const SecretString& secret, bool api_token,
                             std::optional<Instant> expires_at) {
  std::string text;
  constexpr std::size_t kRoom = 512;  // All at once: growing would leave a copy behind.
  text.reserve(kRoom + username.size() + secret.size());
  if (question.knows_authtype && api_token && AsksFor(question, "Bearer")) {
    text.append("capability[]=authtype\nauthtype=Bearer\ncredential=");
  } else {
    text.append("username=").append(username).append("\npassword=");
  }
  text.append(secret.Expose()).append("\n");
  if (expires_at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*expires_at).time_since_epoch();
    text.append("password_expiry_utc=").append(std::to_string(seconds.count())).append("\n");
  }
  return SecretString{std::move(text)};
}

}  // namespace latchkey::client
