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
  PrintFields(session, {{"  scopes", {ShowMember(issued, "scopes")}},
                        {"  permissions", {ShowMember(issued, "permissions")}},
                        {"  expires", {ShowExpiry(issued, "expires_at", session.now())}}});
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
  // Any live credential may call /me; git wants rights that this one may lack.
  const bool clones = ShowMember(issued, "can_clone") == "yes";
  out << (clones ? "Git and curl, which ask for it as the password:\n"
                 : "curl, which asks for it as the password:\n");
  if (clones) out << kIndent << "git clone " << WithUser(clone_url, user) << "\n";
  out << kIndent << "curl -u " << user << " " << public_url << "/api/v1/me\n\n";
  out << "The same with the secret inside; your shell may keep "
      << (clones ? "these lines" : "this line") << " in its history:\n";
  if (clones) {
    out << kIndent << "git clone " << WithUser(clone_url, user + ":" + std::string{text}) << "\n";
  }
  const std::string header = api_token ? "Bearer " : "Basic ";
  const SecretString value{header + std::string{api_token ? text : basic.Expose()}};
  out << kIndent << "curl -H \"Authorization: " << value.Expose() << "\" " << public_url
      << "/api/v1/me\n\n";
  out << "As a header:\n" << kIndent << "Authorization: Basic " << basic.Expose() << "\n";
  if (!clones) return;
  out << "\n";
  out << "In CI, by the environment alone (git 2.31 or newer); keep the secret in a masked "
         "variable:\n"
      << kIndent << "export GIT_CONFIG_COUNT=1\n"
      << kIndent << "export GIT_CONFIG_KEY_0=http." << public_url << "/.extraHeader\n"
      << kIndent << "export GIT_CONFIG_VALUE_0=\"Authorization: " << value.Expose() << "\"\n";
}

}  // namespace latchkey::cli
