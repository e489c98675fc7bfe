#include "cli/secret_input.h"

#include <algorithm>
#include <array>

#include "credential/credential.h"
#include "credential/scan.h"

namespace latchkey::cli {
namespace {

std::size_t SizeOfLineBreak(std::string_view text) {
  if (text.ends_with("\r\n")) return 2;
  return text.ends_with('\n') ? 1 : 0;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

}  // namespace

Result<SecretString> ObtainSecret(const Session& session, std::string_view prompt,
                                  bool from_input) {
  const CliEnvironment& environment = session.environment();
  const bool ask = environment.input_is_terminal && !from_input;
  const Result<SecretString> given =
      ask ? environment.prompt_secret(prompt) : environment.read_secret_input();
  if (!given) return std::unexpected(given.error());
  const std::string_view text = given->Expose();
  const std::size_t line_break = SizeOfLineBreak(text);
  SecretString secret{text.substr(0, text.size() - line_break)};
  if (secret.empty()) {
    return Fail(Error::Code::kInvalidArgument, "no secret was given",
                "Type it at the prompt, or give it on standard input.");
  }
  if (std::ranges::any_of(secret.Expose(), IsControl)) {
    return Fail(Error::Code::kInvalidArgument,
                "the secret has a line break or another control character in it",
                "No client could send it (RFC 7617 section 2). Give the secret alone, without what "
                "stands around it.");
  }
  if (line_break > 0 && !ask) {
    session.err() << "latchkey: one line break at the end of standard input was left out\n";
  }
  return secret;
}

bool LooksLikeSecret(std::string_view argument) {
  constexpr std::array<std::string_view, 3> kAtlassian{"ATATT", "ATBB", "ATCTT"};
  constexpr std::size_t kAtlassianSizeMin = 24;
  const bool atlassian = argument.size() >= kAtlassianSizeMin &&
                         std::ranges::any_of(kAtlassian, [argument](std::string_view prefix) {
                           return argument.starts_with(prefix);
                         });
  if (atlassian || FindCredential(argument)) return true;
  const Result<Credential> parsed = Credential::Parse(argument);
  // Short ones are words such as "what_next"; a whole one that was damaged is longer.
  constexpr std::size_t kDamagedSizeMin = 24;
  return !parsed && parsed.error().code == Error::Code::kBadChecksum &&
         argument.size() >= kDamagedSizeMin;
}

}  // namespace latchkey::cli
