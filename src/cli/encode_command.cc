#include <algorithm>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/secret_input.h"
#include "credential/authorization.h"
#include "credential/credential.h"

namespace latchkey::cli {
namespace {

struct EncodeOptions {
  std::string user;
  bool header = false;
  bool from_input = false;
};

/// What RFC 7617 section 2 does not allow in a user part. The text may be a secret that was put in
/// the wrong place, so no error repeats it.
Result<void> CheckUser(const std::string& user) {
  if (user.empty()) return Fail(Error::Code::kInvalidArgument, "the user is empty");
  if (user.contains(':')) {
    return Fail(Error::Code::kInvalidArgument, "the user has a colon in it",
                "Name the user alone; the secret comes from standard input or a prompt.");
  }
  const bool control = std::ranges::any_of(
      user, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; });
  if (!control && IsUtf8(user)) return {};
  return Fail(Error::Code::kInvalidArgument, "the user has a control character in it");
}

/// What a client would only learn from the server's 401.
void WarnOfDamage(const Session& session, const SecretString& secret) {
  const Result<Credential> parsed = Credential::Parse(secret.Expose());
  if (parsed || parsed.error().code != Error::Code::kBadChecksum) return;
  session.err() << "latchkey: warning: " << parsed.error().message << "; encoded as it is\n";
}

int Encode(const Session& session, const EncodeOptions& options) {
  if (Result<void> usable = CheckUser(options.user); !usable) {
    return session.Report(usable.error());
  }
  const Result<SecretString> secret =
      ObtainSecret(session, "Secret of " + options.user + ": ", options.from_input);
  if (!secret) return session.Report(secret.error());
  WarnOfDamage(session, *secret);
  const SecretString basic = EncodeBasic(options.user, *secret);
  if (session.json) {
    const admin::WipedJson shown{Json{{"basic", basic.Expose()}}};
    session.PrintJson(*shown);
  } else {
    session.out() << (options.header ? "Authorization: Basic " : "") << basic.Expose() << '\n';
  }
  return kOk;
}

}  // namespace

void AddEncodeCommand(CLI::App& app, Session& session) {
  CLI::App* command = AddCommand(
      app, "encode", "Make the Base64 of USER and a secret, on one line; needs no server",
      "  latchkey encode ana                  asks for the secret, without echo\n"
      "  printf %s \"$TOKEN\" | latchkey encode x-token-auth --header\n");
  const auto options = std::make_shared<EncodeOptions>();
  command->add_option("USER", options->user, "Username, e-mail, or x-token-auth")->required();
  command->add_flag("--header", options->header, "The whole Authorization header");
  command->add_flag("--stdin", options->from_input,
                    "Read standard input even when it is a terminal");
  AddJsonOption(command, session);
  SetAction(command, session, [&session, options] { return Encode(session, *options); });
}

}  // namespace latchkey::cli
