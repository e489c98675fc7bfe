#pragma once

// Records as the JSON that the admin methods answer with. Members are added over time and never
// change their meaning; docs/cli.md lists them.

#include "admin/json.h"
#include "authority/credential_authority.h"
#include "authority/reconcile.h"
#include "authority/usage_store.h"
#include "base/instant.h"
#include "scope/catalogue.h"
#include "verify/directory.h"

namespace latchkey::admin {

/// {"id","email","username","name","kind","state","admin","created_at"}: never the password's hash.
[[nodiscard]] Json RenderAccount(const Account& account);

/// {"slug","created_at"}.
[[nodiscard]] Json RenderWorkspace(const Workspace& workspace);

/// {"id","kind","name","account","app","scopes"|"permissions","state","created_at","expires_at",
/// "revoked_at","revoke_reason"}; the last two only of a revoked one. `account` is the username.
[[nodiscard]] Json RenderCredential(const CredentialRecord& record, const Directory& directory,
                                    Instant now);

/// Adds "last_used_at", "last_used_from" and "last_used_with" (null: never used) and "use_count",
/// a few seconds behind.
void AddUsage(Json& credential, const UsageSummary* usage);

/// {"app","title","scopes":[{"name","title","description","group"}],"permissions":[{…,"implies"}]}.
[[nodiscard]] Json RenderCatalogue(const Catalogue& catalogue);

/// {"changes","records","findings"}.
[[nodiscard]] Json RenderAudit(const AuditReport& report);

}  // namespace latchkey::admin
