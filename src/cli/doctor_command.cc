#include <memory>
#include <utility>

#include "cli/client_session.h"
#include "cli/commands.h"
#include "cli/secret_input.h"
#include "cli/table.h"
#include "client/doctor.h"

namespace latchkey::cli {
namespace {

struct DoctorOptions {
  std::string url;
  std::string user;
  std::string operation;
  std::string ca_file;
  bool from_input = false;
};

std::string_view MarkText(client::Mark mark) {
  switch (mark) {
    case client::Mark::kGood: return "ok";
    case client::Mark::kWaning: return "warn";
    case client::Mark::kBad: return "FAIL";
  }
  std::unreachable();
}

Style StyleOf(client::Mark mark) {
  switch (mark) {
    case client::Mark::kGood: return Style::kGood;
    case client::Mark::kWaning: return Style::kWaning;
    case client::Mark::kBad: return Style::kBad;
  }
  std::unreachable();
}

void Show(const Session& session, const client::Findings& findings) {
  if (session.json) {
    Json values = Json::array();
    for (const client::Finding& finding : findings) {
      values.push_back(Json{{"result", MarkText(finding.mark)},
                            {"about", finding.about},
                            {"finding", finding.text},
                            {"advice", finding.advice}});
    }
    session.PrintJson(values);
    return;
  }
  for (const client::Finding& finding : findings) {
    std::string mark{MarkText(finding.mark)};
    mark.resize(4, ' ');
    std::string text = finding.about + ": " + finding.text;
    if (!finding.advice.empty()) text += ": " + finding.advice;
    session.out() << Styled({mark, StyleOf(finding.mark)}, session.color()) << "  "
                  << Styled({text}, /*color=*/false) << '\n';
  }
}

/// What is looked at: a login, or a server and a secret that was given.
struct Subject {
  client::Place place;
  client::ServerAddress server;
  std::string user;
  std::optional<SecretString> secret;
  client::Findings findings;
};

Result<SecretString> AnySecret(const Session& session) {
  // As it stands, line breaks and all: they may be what is wrong.
  if (session.environment().input_is_terminal) {
    return ObtainSecret(session, "Secret: ", /*from_input=*/false);
  }
  return session.environment().read_secret_input();
}

void TakeStored(client::Keeper& keeper, const client::LoginBook& book, const client::Login& login,
                Subject& subject) {
  if (login.kind == "app-password" && subject.user.empty()) subject.user = login.username;
  Result<SecretString> stored = keeper.TakeSecret(book, login);
  if (stored) {
    subject.secret = *std::move(stored);
  } else {
    subject.findings.push_back({.mark = client::Mark::kBad,
                                .about = "store",
                                .text = stored.error().message,
                                .advice = stored.error().hint});
  }
}

Result<Subject> FindSubject(const Session& session, ClientSession& client,
                            const DoctorOptions& options) {
  const Result<client::LoginBook> book = client.keeper().ReadBook();
  if (!book) return std::unexpected(book.error());
  const Result<client::Login> login = FindLogin(*book, options.url);
  if (!login && options.url.empty()) return std::unexpected(login.error());
  const Result<client::Place> place = client::ParsePlace(login ? login->url : options.url);
  if (!place) return std::unexpected(place.error());
  Subject subject{
      .place = *place, .server = {}, .user = options.user, .secret = {}, .findings = {}};
  subject.server = {login ? login->server : client::FormatPlace(*place),
                    login && options.ca_file.empty() ? login->ca_file : options.ca_file};
  if (!login) {
    const Result<std::string> server = client.keeper().ServerOf(*place, options.ca_file);
    if (server) subject.server.url = *server;
  }
  if (options.from_input) {
    Result<SecretString> given = AnySecret(session);
    if (!given) return std::unexpected(given.error());
    subject.secret = *std::move(given);
    return subject;
  }
  if (!login) {
    subject.findings.push_back({.mark = client::Mark::kWaning,
                                .about = "login",
                                .text = "there is none for " + client::FormatPlace(*place),
                                .advice = "latchkey login " + client::FormatPlace(*place)});
    return subject;
  }
  TakeStored(client.keeper(), *book, *login, subject);
  return subject;
}

int Doctor(const Session& session, const DoctorOptions& options) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  Result<Subject> subject = FindSubject(session, **client, options);
  if (!subject) return session.Report(subject.error());
  std::optional<client::Operation> operation;
  if (!options.operation.empty()) {
    Result<client::Operation> parsed = client::ParseOperation(options.operation, subject->place);
    if (!parsed) return session.Report(parsed.error());
    operation = *std::move(parsed);
  }
  client::Transport& transport = (*client)->transport();
  client::Findings findings = client::LookAtServer(transport, subject->server, session.now());
  const bool reached = client::WasReached(findings);
  for (client::Finding& finding : subject->findings) findings.push_back(std::move(finding));
  if (subject->secret) {
    client::Findings more = client::LookAtCredential(transport,
                                                     {.server = subject->server,
                                                      .secret = *subject->secret,
                                                      .user = subject->user,
                                                      .operation = std::move(operation),
                                                      .reached = reached},
                                                     session.now());
    for (client::Finding& finding : more) findings.push_back(std::move(finding));
  }
  Show(session, findings);
  if (!reached) return kFailure;
  return client::WorstOf(findings) == client::Mark::kBad ? kRefused : kOk;
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Session& session) {
  CLI::App* command = AddCommand(
      app, "doctor", "Find out why a credential does not work",
      "  latchkey doctor\n"
      "  latchkey doctor https://git.example.org --operation \"git push team/website\"\n"
      "  printf %s \"$TOKEN\" | latchkey doctor https://git.example.org --stdin --user ana\n");
  const auto options = std::make_shared<DoctorOptions>();
  command->add_option("URL", options->url, "Which login or server");
  command
      ->add_option("--operation", options->operation,
                   "Try it: \"git push REPO\", \"git clone REPO\" or \"GET /path\"")
      ->type_name("TEXT");
  command->add_option("--user", options->user, "The user name that the client sends")
      ->type_name("NAME");
  command->add_option("--ca-file", options->ca_file, "Certificates to trust, PEM")
      ->type_name("FILE");
  command->add_flag("--stdin", options->from_input,
                    "Look at the secret on standard input instead of the stored one");
  AddJsonOption(command, session);
  SetAction(command, session, [&session, options] { return Doctor(session, *options); });
}

}  // namespace latchkey::cli
