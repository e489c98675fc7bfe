#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "cli/client_session.h"
#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

/// A login, renewed if that was due, with its secret.
struct Opened {
  client::Login login;
  SecretString secret;
};

Result<Opened> OpenLogin(ClientSession& client, const std::string& url) {
  client::Keeper& keeper = client.keeper();
  const Result<client::LoginBook> book = keeper.ReadBook();
  if (!book) return std::unexpected(book.error());
  const Result<client::Login> login = FindLogin(*book, url);
  if (!login) return std::unexpected(login.error());
  const Result<client::Login> fresh = keeper.Refresh(*login);
  if (!fresh) return std::unexpected(fresh.error());
  Result<SecretString> secret = keeper.TakeSecret(*book, *fresh);
  if (!secret) return std::unexpected(secret.error());
  return Opened{.login = *fresh, .secret = *std::move(secret)};
}

std::string HostOf(const client::Login& login) {
  const Result<client::Place> place = client::ParsePlace(login.url);
  if (!place) return {};
  // netrc(5) knows no ports.
  if (place->host.starts_with('[')) return place->host.substr(0, place->host.find(']') + 1);
  return place->host.substr(0, place->host.find(':'));
}

int Netrc(const Session& session, const std::string& url) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  const Result<Opened> opened = OpenLogin(**client, url);
  if (!opened) return session.Report(opened.error());
  const std::string user =
      opened->login.kind == "api-token" ? "x-token-auth" : opened->login.username;
  for (const std::string& host : {HostOf(opened->login), "api." + HostOf(opened->login)}) {
    session.out() << "machine " << host << " login " << user << " password "
                  << opened->secret.Expose() << '\n';
  }
  return kOk;
}

/// Settings that others have put there already stay.
std::size_t CountSoFar(const Session& session) {
  const std::string text = session.environment().variable("GIT_CONFIG_COUNT").value_or("0");
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::size_t kCountMax = 10'000;
  return std::min(count, kCountMax);
}

using Setting = std::pair<std::string, std::string>;

void PrintSettings(const Session& session, const std::vector<Setting>& settings) {
  std::size_t count = CountSoFar(session);
  for (const auto& [key, value] : settings) {
    const std::string number = std::to_string(count++);
    session.out() << "export GIT_CONFIG_KEY_" << number << "=" << ShellWord(key) << '\n'
                  << "export GIT_CONFIG_VALUE_" << number << "=" << ShellWord(value) << '\n';
  }
  session.out() << "export GIT_CONFIG_COUNT=" << count << '\n';
}

int PrintHelper(const Session& session, const client::Login& login) {
  const std::string section = "credential." + login.url + ".";
  // The empty one first: only ours answers there.
  std::vector<Setting> settings{
      {section + "helper", ""},
      {section + "helper",
       "!" + ShellWord(session.environment().program_path) + " git-credential"}};
  const Result<client::Place> place = client::ParsePlace(login.url);
  if (place && !place->path.empty()) {
    settings.emplace_back("credential." + place->scheme + "://" + place->host + ".useHttpPath",
                          "true");
  }
  PrintSettings(session, settings);
  return kOk;
}

int PrintHeader(const Session& session, ClientSession& client, const std::string& url) {
  const Result<Opened> opened = OpenLogin(client, url);
  if (!opened) return session.Report(opened.error());
  const SecretString field =
      client::AuthorizationFor(opened->login.kind, opened->login.username, opened->secret);
  std::string value;
  value.reserve(32 + field.size());
  value.append("Authorization: ").append(field.Expose());
  PrintSettings(session, {{"http." + opened->login.url + "/.extraHeader", value}});
  Wipe(value);
  return kOk;
}

int Env(const Session& session, const std::string& url, bool header) {
  const Result<std::unique_ptr<ClientSession>> client = ClientSession::Open(session);
  if (!client) return session.Report(client.error());
  if (header) return PrintHeader(session, **client, url);
  const Result<client::LoginBook> book = (*client)->keeper().ReadBook();
  if (!book) return session.Report(book.error());
  const Result<client::Login> login = FindLogin(*book, url);
  if (!login) return session.Report(login.error());
  return PrintHelper(session, *login);
}

}  // namespace

void AddSnippetCommands(CLI::App& app, Session& session) {
  CLI::App* netrc =
      AddCommand(app, "netrc", "Print lines for ~/.netrc, with the secret in them",
                 "  (umask 077; latchkey netrc https://git.example.org > ~/.netrc)\n");
  const auto netrc_url = std::make_shared<std::string>();
  netrc->add_option("URL", *netrc_url, "Which login; may be left out if there is one alone");
  SetAction(netrc, session, [&session, netrc_url] { return Netrc(session, *netrc_url); });

  CLI::App* env = AddCommand(
      app, "env", "Print variables that make git use a login, in this shell alone",
      "  eval \"$(latchkey env)\"                  git asks this program; no secret is printed\n"
      "  eval \"$(latchkey env --header)\"         the secret itself, for where it is not there\n");
  const auto env_url = std::make_shared<std::string>();
  const auto header = std::make_shared<bool>(false);
  env->add_option("URL", *env_url, "Which login; may be left out if there is one alone");
  env->add_flag("--header", *header, "The Authorization header itself, with the secret in it");
  SetAction(env, session, [&session, env_url, header] { return Env(session, *env_url, *header); });
}

}  // namespace latchkey::cli
