#include "api/credential_json.h"

#include <optional>
#include <string>
#include <utility>

#include "authority/credential_authority.h"
#include "base/instant.h"

namespace latchkey::api {
namespace {

Json TimeOrNull(const std::optional<Instant>& instant) {
  if (!instant) return nullptr;
  return FormatInstant(*instant);
}

}  // namespace

std::string_view GrantsMember(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return "scopes";
    case CredentialKind::kAppPassword: return "permissions";
  }
  std::unreachable();
}

Json RecordJson(const CredentialRecord& record, std::string_view username, Instant now) {
  Json json;
  json["id"] = record.id.text();
  json["kind"] = KindName(record.kind);
  json["name"] = record.name;
  json["account"] = username;
  json["app"] = record.app;
  json[std::string{GrantsMember(record.kind)}] = record.grants;
  json["created_at"] = FormatInstant(record.created_at);
  json["expires_at"] = TimeOrNull(record.expires_at);
  json["state"] = StateOf(record, now);
  if (record.revoked_at) {
    json["revoked_at"] = FormatInstant(*record.revoked_at);
    json["revoke_reason"] = record.revoke_reason;
  }
  return json;
}

void AddUsage(Json& credential, const UsageSummary* usage) {
  const bool used = usage != nullptr;
  credential["last_used_at"] = used ? Json(FormatInstant(usage->last_used_at)) : Json(nullptr);
  credential["last_used_from"] = used ? Json(usage->address) : Json(nullptr);
  credential["last_used_with"] = used ? Json(usage->user_agent) : Json(nullptr);
  credential["use_count"] = used ? usage->count : 0;
}

Json HolderJson(const Holder& holder) {
  Json account;
  account["id"] = holder.account->id;
  account["email"] = holder.account->email;
  account["username"] = holder.account->username;
  account["display_name"] = holder.account->display_name;
  account["kind"] = KindName(holder.account->kind);
  Json credential;
  credential["id"] = holder.id.text();
  credential["kind"] = KindName(holder.kind);
  credential["app"] = holder.catalogue->app();
  credential[std::string{GrantsMember(holder.kind)}] = holder.GrantedNames();
  credential["expires_at"] = TimeOrNull(holder.expires_at);
  Json json;
  json["account"] = std::move(account);
  json["credential"] = std::move(credential);
  return json;
}

}  // namespace latchkey::api
