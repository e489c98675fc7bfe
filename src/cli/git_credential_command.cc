#include <memory>

#include "base/text.h"
#include "cli/client_session.h"
#include "cli/commands.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kLineSizeMax = 2000;

/// One line, since git prints its own under it.
void TellLine(const Session& session, std::string_view line) {
  session.err() << "latchkey: " << EscapeForTerminal(line, kLineSizeMax) << '\n';
}

int Fail(const Session& session, const Error& error) {
  TellLine(session, error.hint.empty() ? error.message : error.message + "; " + error.hint);
  return ExitCodeFor(error.code);
}

int Get(const Session& session, client::Keeper& keeper, const client::GitQuestion& question) {
  const Result<client::HelperAnswer> answer = keeper.Answer(question);
  if (!answer) {
    // The login is there and cannot be had: a prompt would not help.
    session.out() << client::kGitQuit;
    return Fail(session, answer.error());
  }
  session.out() << answer->text.Expose();
  if (!answer->why.empty()) TellLine(session, answer->why);
  return kOk;
}

int Help(const Session& session, const std::string& operation) {
  const Result<SecretString> input = session.environment().read_secret_input();
  if (!input) return Fail(session, input.error());
  Result<client::GitQuestion> question = client::ParseGitQuestion(input->Expose());
  if (!question) return Fail(session, question.error());
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return Fail(session, client.error());
  client::Keeper& keeper = (*client)->keeper();
  if (operation == "get") return Get(session, keeper, *question);
  Result<void> done;
  if (operation == "erase") done = keeper.Erase(*question);
  if (operation == "store") done = keeper.Store(*std::move(question));
  // What git does not know of yet is to be ignored (gitcredentials(7)).
  return done ? int{kOk} : Fail(session, done.error());
}

}  // namespace

void AddGitCredentialCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      AddCommand(app, "git-credential", "Answer git, as its credential helper",
                 "  git config --global credential.https://git.example.org.helper '!latchkey "
                 "git-credential'\n");
  const auto operation = std::make_shared<std::string>();
  command->add_option("OPERATION", *operation, "get, store or erase: git says it")->required();
  SetAction(command, session, [&session, operation] { return Help(session, *operation); });
}

}  // namespace latchkey::cli
