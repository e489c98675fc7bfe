#include "cli/instructions.h"

#include <ostream>
#include <string>

#include "base/text.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

constexpr std::string_view kIndent = "    ";

/// `https://user@host/…` from a URL without user.
std::string WithUser(const std::string& url, const std::string& user) {
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return url;
  return url.substr(0, start + 3) + user + "@" + url.substr(start + 3);
}

void PrintHeading(const Session& session, const Json& issued) {
  const bool api_token = ShowMember(issued, "kind") == "api-token";
  session.out() << "Created " << (api_token ? "API token " : "app password ")
                << ShowMember(issued, "id") << " \""
                << EscapeForTerminal(ShowMember(issued, "name")) << "\" for "
                << ShowMember(issued, "account") << ".\n";
  PrintFields(session,
              {{"  scopes", {ShowMember(issued, "scopes")}},
               {"  permissions", {ShowMember(issued, "permissions")}},
               {"  expires", {ShowInstant(issued, "expires_at", session.now(), "never")}}});
}

}  // namespace

void PrintInstructions(const Session& session, const Json& issued) {
  const bool api_token = ShowMember(issued, "kind") == "api-token";
  const std::string user = api_token ? "x-token-auth" : ShowMember(issued, "account");
  const std::string public_url = ShowMember(issued, "public_url");
  std::string clone_url = ShowMember(issued, "clone_url");
  if (clone_url.empty()) clone_url = public_url + "/WORKSPACE/REPO.git";
  const SecretString secret{admin::TextOf(issued, "secret")};
  const SecretString basic{
      admin::TextOf(issued, api_token ? "basic_x_token_auth" : "basic_username")};
  const std::string_view text = secret.Expose();

  PrintHeading(session, issued);
  std::ostream& out = session.out();
  out << "\n" << text << "\n\n";
  out << "This secret is shown now and never again. Keep it where secrets belong.\n\n";
  out << "Git and curl, which ask for it as the password:\n"
      << kIndent << "git clone " << WithUser(clone_url, user) << "\n"
      << kIndent << "curl -u " << user << " " << public_url << "/api/v1/me\n\n";
  out << "The same with the secret inside; your shell may keep these lines in its history:\n"
      << kIndent << "git clone " << WithUser(clone_url, user + ":" + std::string{text}) << "\n";
  if (api_token) {
    out << kIndent << "curl -H \"Authorization: Bearer " << text << "\" " << public_url
        << "/api/v1/me\n\n";
  } else {
    out << kIndent << "curl -H \"Authorization: Basic " << basic.Expose() << "\" " << public_url
        << "/api/v1/me\n\n";
  }
  out << "As a header:\n" << kIndent << "Authorization: Basic " << basic.Expose() << "\n\n";
  out << "In CI, by the environment alone (git 2.31 or newer); keep the secret in a masked "
         "variable:\n"
      << kIndent << "export GIT_CONFIG_COUNT=1\n"
      << kIndent << "export GIT_CONFIG_KEY_0=http." << public_url << "/.extraHeader\n"
      << kIndent << "export GIT_CONFIG_VALUE_0=\"Authorization: ";
  if (api_token) {
    out << "Bearer " << text << "\"\n";
  } else {
    out << "Basic " << basic.Expose() << "\"\n";
  }
}

}  // namespace latchkey::cli
