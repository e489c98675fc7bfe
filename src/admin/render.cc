#include "admin/render.h"

namespace latchkey::admin {
namespace {

Json RenderEntry(const std::string& name, const std::string& title, const std::string& description,
                 const std::string& group) {
  return Json{{"name", name}, {"title", title}, {"description", description}, {"group", group}};
}

}  // namespace

Json RenderAccount(const Account& account) {
  return Json{{"id", account.id},
              {"email", account.email},
              {"username", account.username},
              {"name", account.display_name},
              {"kind", KindName(account.kind)},
              {"state", StateName(account.state)},
              {"admin", account.admin},
              {"created_at", FormatInstant(account.created_at)}};
}

Json RenderWorkspace(const Workspace& workspace) {
  return Json{{"slug", workspace.slug}, {"created_at", FormatInstant(workspace.created_at)}};
}

Json RenderCredential(const CredentialRecord& record, const Directory& directory, Instant now) {
  const auto account = directory.FindAccount(record.account);
  Json json{{"id", record.id.text()},
            {"kind", KindName(record.kind)},
            {"name", record.name},
            {"account", account ? account->username : record.account},
            {"app", record.app}};
  json[record.kind == CredentialKind::kApiToken ? "scopes" : "permissions"] = record.grants;
  json["state"] = StateOf(record, now);
  json["created_at"] = FormatInstant(record.created_at);
  json["expires_at"] = record.expires_at ? Json(FormatInstant(*record.expires_at)) : Json(nullptr);
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

Json RenderCatalogue(const Catalogue& catalogue) {
  Json scopes = Json::array();
  for (const Scope& scope : catalogue.scopes()) {
    scopes.push_back(RenderEntry(scope.name, scope.title, scope.description, scope.group));
  }
  Json permissions = Json::array();
  for (const Permission& permission : catalogue.permissions()) {
    Json entry =
        RenderEntry(permission.name, permission.title, permission.description, permission.group);
    entry["implies"] = permission.implies;
    permissions.push_back(std::move(entry));
  }
  return Json{{"app", catalogue.app()},
              {"title", catalogue.title()},
              {"scopes", std::move(scopes)},
              {"permissions", std::move(permissions)}};
}

Json RenderAudit(const AuditReport& report) {
  return Json{
      {"changes", report.changes}, {"records", report.records}, {"findings", report.findings}};
}

}  // namespace latchkey::admin
