#include "api/session_json.h"

#include <memory>
#include <utility>

#include "base/instant.h"
#include "signin/session_limits.h"

namespace latchkey::api {
namespace {

Json PolicyJson(const Services& services) {
  const InstallationPolicy policy = services.policy.Show();
  const Policy bounds = services.policy.InForce();
  Json json;
  json["token_lifetime_min_s"] = bounds.token_lifetime_min.count();
  json["token_lifetime_max_s"] = bounds.token_lifetime_max.count();
  json["token_lifetime_default_s"] = bounds.token_lifetime_default.count();
  json["api_tokens"] = policy.api_tokens;
  json["app_passwords"] = policy.app_passwords;
  json["second_step_required"] = policy.second_step_required;
  return json;
}

/// How the account can prove itself once more.
Json ProofsOf(const Services& services, const Account& account, const SignIn* sign_in) {
  Json methods = Json::array();
  if (!PasswordHashOf(account, sign_in).empty()) methods.push_back("password");
  if (sign_in == nullptr) return methods;
  if (sign_in->totp) methods.push_back("totp");
  if (!sign_in->passkeys.empty() && services.party) methods.push_back("passkey");
  if (!sign_in->identities.empty() && !services.oidc.empty()) methods.push_back("oidc");
  return methods;
}

Json SecondStepJson(const SignIn* sign_in) {
  Json json;
  json["totp"] = sign_in != nullptr && sign_in->totp.has_value();
  json["passkeys"] = sign_in == nullptr ? 0U : sign_in->passkeys.size();
  json["recovery_codes_left"] = sign_in == nullptr ? 0U : sign_in->recovery_codes_left();
  return json;
}

}  // namespace

Json AccountJson(const Account& account) {
  Json json;
  json["id"] = account.id;
  json["email"] = account.email;
  json["username"] = account.username;
  json["display_name"] = account.display_name;
  json["kind"] = KindName(account.kind);
  json["state"] = StateName(account.state);
  json["admin"] = account.admin;
  json["created_at"] = FormatInstant(account.created_at);
  return json;
}

Json SessionJson(const Session& session, Instant last_seen_at, bool current) {
  Json json;
  json["id"] = session.id;
  json["name"] = session.name;
  json["address"] = session.address;
  json["user_agent"] = session.user_agent;
  json["created_at"] = FormatInstant(session.created_at);
  json["last_seen_at"] = FormatInstant(last_seen_at);
  json["expires_at"] = FormatInstant(session.expires_at);
  json["methods"] = session.methods;
  json["current"] = current;
  return json;
}

Json SignedOutJson(const Services& services) {
  Json ways;
  ways["password"] = true;
  ways["passkey"] = services.party.has_value();
  ways["oidc"] = Json::array();
  for (const OidcProvider& provider : services.oidc) {
    ways["oidc"].push_back(Json{{"name", provider.name}, {"title", provider.title}});
  }
  ways["mail"] = services.outbox != nullptr;
  Json json;
  json["signed_in"] = false;
  json["sign_in"] = std::move(ways);
  return json;
}

Json SignedInJson(const Services& services, const Session& session, const Account& account,
                  Instant reauthenticate_after) {
  const std::shared_ptr<const SignIn> sign_in = services.factors.Find(account.id);
  Json json;
  json["signed_in"] = true;
  json["session"] = SessionJson(session, services.clock.Now(), /*current=*/true);
  json["account"] = AccountJson(account);
  json["methods"] = ProofsOf(services, account, sign_in.get());
  json["password"] = !PasswordHashOf(account, sign_in.get()).empty();
  json["reauthenticate_after"] = FormatInstant(reauthenticate_after);
  json["policy"] = PolicyJson(services);
  json["second_step"] = SecondStepJson(sign_in.get());
  json["public_url"] = services.settings.public_url;
  json["git_url"] = services.settings.public_url;
  json["version"] = services.settings.version;
  return json;
}

Json SignedInJson(const Services& services, const LiveSession& live) {
  return SignedInJson(services, *live.session, *live.account, live.reauthenticate_after);
}

}  // namespace latchkey::api
