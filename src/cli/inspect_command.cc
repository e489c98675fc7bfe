#include <memory>

#include "cli/commands.h"
#include "cli/secret_input.h"
#include "cli/show.h"
#include "credential/credential.h"

namespace latchkey::cli {
namespace {

/// `lkat_` of a text that Parse() took for a credential: letters that hold nothing secret.
std::string_view MarkOf(std::string_view text) { return text.substr(0, text.find('_') + 1); }

void PrintInspection(const Session& session, const Json& inspection) {
  if (session.json) {
    session.PrintJson(inspection);
    return;
  }
  const bool right = ShowMember(inspection, "checksum") == "right";
  PrintFields(session, {{"kind", {ShowMember(inspection, "kind")}},
                        {"id", {ShowMember(inspection, "id")}},
                        {"prefix", {ShowMember(inspection, "prefix")}},
                        {"checksum",
                         {ShowMember(inspection, "checksum"), right ? Style::kGood : Style::kBad}},
                        {"problem", {ShowMember(inspection, "problem")}}});
}

int Inspect(const Session& session, bool from_input) {
  const Result<SecretString> secret = ObtainSecret(session, "Secret: ", from_input);
  if (!secret) return session.Report(secret.error());
  const std::string_view text = secret->Expose();
  const Result<Credential> parsed = Credential::Parse(text);
  if (parsed) {
    PrintInspection(session, Json{{"kind", KindName(parsed->kind())},
                                  {"id", parsed->id().text()},
                                  {"prefix", MarkOf(text)},
                                  {"checksum", "right"}});
    return kOk;
  }
  if (parsed.error().code != Error::Code::kBadChecksum) {
    return session.Report(
        {Error::Code::kMalformed, "this is not a Latchkey credential",
         "Those look like lkat_ or lkap_ and 39 letters and digits; \"Bearer\" or a user "
         "name does not belong to it."});
  }
  const std::string_view mark = MarkOf(text);
  const CredentialKind kind =
      mark.ends_with("at_") ? CredentialKind::kApiToken : CredentialKind::kAppPassword;
  // No id: with characters lost, what stands in its place may belong to the secret.
  PrintInspection(session, Json{{"kind", KindName(kind)},
                                {"id", nullptr},
                                {"prefix", mark},
                                {"checksum", "wrong"},
                                {"problem", parsed.error().message}});
  return kWrongChecksum;
}

}  // namespace

void AddInspectCommand(CLI::App& app, Session& session) {
  CLI::App* command = AddCommand(
      app, "inspect",
      "Tell the kind and id of a credential, and whether it is whole; needs no server",
      "  latchkey inspect                     asks for it, without echo\n"
      "  printf %s \"$TOKEN\" | latchkey inspect\n\n"
      "A right checksum says that nothing was lost on the way, and not that it is in force.\n");
  const auto from_input = std::make_shared<bool>(false);
  command->add_flag("--stdin", *from_input, "Read standard input even when it is a terminal");
  AddJsonOption(command, session);
  SetAction(command, session, [&session, from_input] { return Inspect(session, *from_input); });
}

}  // namespace latchkey::cli
