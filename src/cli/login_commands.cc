#include <memory>
#include <utility>

#include "cli/client_session.h"
#include "cli/commands.h"
#include "cli/secret_input.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

constexpr const char* kWizard =
    "/settings/security/api-tokens/new?name=git&app=bitbucket&scopes="
    "read:repository:bitbucket,write:repository:bitbucket,rotate:self:latchkey";

struct LoginOptions {
  std::string url;
  std::string user;
  std::string store;
  std::string ca_file;
  bool browser = false;
  bool passphrase = false;
  bool from_input = false;
};

Json Shown(const client::Login& login) {
  Json json{{"url", login.url},
            {"server", login.server},
            {"username", login.username},
            {"kind", login.kind},
            {"id", login.id},
            {"app", login.app},
            {"grants", login.grants},
            {"renews_itself", client::MayRenew(login)}};
  json["expires_at"] = login.expires_at ? Json(FormatInstant(*login.expires_at)) : Json(nullptr);
  json["refused"] = login.refused.empty() ? Json(nullptr) : Json(login.refused);
  return json;
}

void PrintLogin(const Session& session, const client::Login& login) {
  const Json json = Shown(login);
  PrintFields(session, {{"address", {login.url}},
                        {"account", {login.username}},
                        {"credential", {login.kind + " " + login.id}},
                        {"holds", {ShowMember(json, "grants")}},
                        {"lasts until", {ShowExpiry(json, "expires_at", session.now())}},
                        {"renews itself", {ShowMember(json, "renews_itself")}},
                        {"refused", {login.refused, Style::kBad}}});
}

void PrintGitLines(const Session& session, const client::Login& login) {
  session.out() << "\nFor git to use it:\n  git config --global credential." << login.url
                << ".helper '!latchkey git-credential'\n";
  const Result<client::Place> place = client::ParsePlace(login.url);
  if (place && !place->path.empty()) {
    session.out() << "  git config --global credential." << place->scheme << "://" << place->host
                  << ".useHttpPath true\n";
  }
}

Result<void> OpenWizard(const Session& session, const std::string& server) {
  const std::string page = server + kWizard;
  session.err() << "latchkey: make a token on this page, and paste it here:\n  " << page << '\n';
  if (const Result<void> opened = session.environment().open_browser(page); !opened) {
    session.err() << "latchkey: no browser could be started; open the page yourself\n";
  }
  return {};
}

Result<client::NewLogin> Prepare(const Session& session, ClientSession& client,
                                 const LoginOptions& options) {
  const Result<client::Place> place = client::ParsePlace(options.url);
  if (!place) return std::unexpected(place.error());
  const Result<std::string> server = client.keeper().ServerOf(*place, options.ca_file);
  if (!server) return std::unexpected(server.error());
  if (options.browser) {
    if (Result<void> opened = OpenWizard(session, *server); !opened) {
      return std::unexpected(opened.error());
    }
  }
  Result<SecretString> secret =
      ObtainSecret(session, "Secret for " + client::FormatPlace(*place) + ": ", options.from_input);
  if (!secret) return std::unexpected(secret.error());
  client::NewLogin login{.place = *place,
                         .secret = *std::move(secret),
                         .user = options.user,
                         .ca_file = options.ca_file,
                         .store = {}};
  if (options.store == "file") login.store = client::StoreKind::kFile;
  if (options.store == "keyring") login.store = client::StoreKind::kKeyring;
  if (options.passphrase) {
    login.store = client::StoreKind::kFile;
    login.unlock = client::UnlockKind::kPassphrase;
  }
  return login;
}

int LogIn(const Session& session, const LoginOptions& options) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  Result<client::NewLogin> prepared = Prepare(session, **client, options);
  if (!prepared) return session.Report(prepared.error());
  const Result<client::Login> made = (*client)->keeper().LogIn(*std::move(prepared));
  if (!made) return session.Report(made.error());
  if (session.json) {
    session.PrintJson(Shown(*made));
    return kOk;
  }
  session.out() << "Logged in.\n";
  PrintLogin(session, *made);
  PrintGitLines(session, *made);
  return kOk;
}

int LogOut(const Session& session, const std::string& url, bool revoke) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  client::Keeper& keeper = (*client)->keeper();
  const Result<client::LoginBook> book = keeper.ReadBook();
  if (!book) return session.Report(book.error());
  const Result<client::Login> login = FindLogin(*book, url);
  if (!login) return session.Report(login.error());
  if (revoke) {
    const Result<SecretString> secret = keeper.TakeSecret(*book, *login);
    if (!secret) return session.Report(secret.error());
    const auto answer =
        client::AskToRevoke((*client)->transport(), {login->server, login->ca_file}, *secret);
    if (const auto* fault = std::get_if<client::Fault>(&answer)) {
      return session.Report({Error::Code::kUnavailable,
                             login->server + ": " + client::Explain(*fault),
                             "It is still in force, and still stored."});
    }
    if (const auto* refusal = std::get_if<client::Refusal>(&answer)) {
      return session.Report({Error::Code::kPermissionDenied, client::Explain(*refusal)});
    }
  }
  const Result<client::Login> gone = keeper.LogOut(login->url);
  if (!gone) return session.Report(gone.error());
  if (session.json) {
    session.PrintJson(Json{{"url", gone->url}, {"id", gone->id}, {"revoked", revoke}});
  } else {
    session.out() << "Logged out of " << gone->url << ".\n";
    if (!revoke) {
      session.out() << "The " << gone->kind << " " << gone->id
                    << " is still in force: revoke it on the pages, or log out with --revoke.\n";
    }
  }
  return kOk;
}

struct Asked {
  client::Login login;
  std::string state;  ///< `in force`, or why not.
  bool good = false;
};

Asked Ask(ClientSession& client, const client::LoginBook& book, const client::Login& login) {
  Asked asked{.login = login, .state = {}};
  const Result<SecretString> secret = client.keeper().TakeSecret(book, login);
  if (!secret) {
    asked.state = secret.error().message;
    return asked;
  }
  const auto answer = client.keeper().WhoAmI(login, *secret);
  if (const auto* fault = std::get_if<client::Fault>(&answer)) {
    asked.state = client::Explain(*fault);
  } else if (const auto* refusal = std::get_if<client::Refusal>(&answer)) {
    asked.state = client::Explain(*refusal);
  } else {
    const auto& identity = std::get<client::Identity>(answer);
    asked.login.username = identity.username;
    asked.login.grants = identity.grants;
    asked.login.expires_at = identity.expires_at;
    asked.state = "in force";
    asked.good = true;
  }
  return asked;
}

void ShowAsked(const Session& session, const std::vector<Asked>& all) {
  if (session.json) {
    Json values = Json::array();
    for (const Asked& asked : all) {
      Json json = Shown(asked.login);
      json["in_force"] = asked.good;
      json["state"] = asked.state;
      values.push_back(std::move(json));
    }
    session.PrintJson(values);
    return;
  }
  for (const Asked& asked : all) {
    PrintLogin(session, asked.login);
    PrintFields(session, {{"state", {asked.state, asked.good ? Style::kGood : Style::kBad}}});
    if (&asked != &all.back()) session.out() << '\n';
  }
}

int WhoAmI(const Session& session, const std::string& url) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  const Result<client::LoginBook> book = (*client)->keeper().ReadBook();
  if (!book) return session.Report(book.error());
  std::vector<client::Login> logins = book->logins;
  if (!url.empty() || logins.empty()) {
    const Result<client::Login> login = FindLogin(*book, url);
    if (!login) return session.Report(login.error());
    logins = {*login};
  }
  std::vector<Asked> all;
  bool good = true;
  for (const client::Login& login : logins) {
    all.push_back(Ask(**client, *book, login));
    good = good && all.back().good;
  }
  ShowAsked(session, all);
  return good ? kOk : kRefused;
}

void AddLogin(CLI::App& app, Session& session) {
  CLI::App* command = AddCommand(
      app, "login", "Keep a credential for a server, safely, and check it; needs no installation",
      "  latchkey login https://git.example.org               asks for the secret, without echo\n"
      "  latchkey login https://git.example.org --browser     opens the page that makes a token\n"
      "  printf %s \"$TOKEN\" | latchkey login https://git.example.org/team --store file\n");
  const auto options = std::make_shared<LoginOptions>();
  command->add_option("URL", options->url, "The server, or a path on it")->required();
  command->add_option("--user", options->user, "Whose app password it is")->type_name("NAME");
  command->add_option("--store", options->store, "Where the secret is kept: keyring or file")
      ->check(CLI::IsMember({"keyring", "file"}));
  command->add_flag("--passphrase", options->passphrase,
                    "Seal the file under a passphrase instead of a key file");
  command->add_option("--ca-file", options->ca_file, "Certificates to trust, PEM")
      ->type_name("FILE");
  command->add_flag("--browser", options->browser, "Open the page that makes a token");
  command->add_flag("--stdin", options->from_input,
                    "Read standard input even when it is a terminal");
  AddJsonOption(command, session);
  SetAction(command, session, [&session, options] { return LogIn(session, *options); });
}

}  // namespace

void AddLoginCommands(CLI::App& app, Session& session) {
  AddLogin(app, session);

  CLI::App* logout = AddCommand(app, "logout", "Forget a login",
                                "  latchkey logout https://git.example.org\n"
                                "  latchkey logout --revoke       ends the credential as well\n");
  const auto gone = std::make_shared<std::string>();
  const auto revoke = std::make_shared<bool>(false);
  logout->add_option("URL", *gone, "Which; may be left out if there is one alone");
  logout->add_flag("--revoke", *revoke, "End the credential itself too");
  AddJsonOption(logout, session);
  SetAction(logout, session, [&session, gone, revoke] { return LogOut(session, *gone, *revoke); });

  CLI::App* whoami = AddCommand(app, "whoami", "Show the logins, and ask each server about them",
                                "  latchkey whoami\n"
                                "  latchkey whoami https://git.example.org --json\n");
  const auto url = std::make_shared<std::string>();
  whoami->add_option("URL", *url, "One alone");
  AddJsonOption(whoami, session);
  SetAction(whoami, session, [&session, url] { return WhoAmI(session, *url); });
}

}  // namespace latchkey::cli
