#pragma once

#include <string_view>

#include "authority/record.h"
#include "authority/usage_store.h"
#include "credential/credential.h"
#include "problem/json_text.h"
#include "verify/verdict.h"

namespace latchkey::api {

/// `scopes` or `permissions`: what the member is called that holds a credential's grants.
[[nodiscard]] std::string_view GrantsMember(CredentialKind kind);

/// id, kind, name, account (username), app, scopes or permissions, created_at, expires_at (null:
/// never), state; once revoked also revoked_at and revoke_reason.
[[nodiscard]] Json RecordJson(const CredentialRecord& record, std::string_view username,
                              Instant now);

/// Adds last_used_at, last_used_from and last_used_with (null: never used) and use_count.
void AddUsage(Json& credential, const UsageSummary* usage);

/// {"account":{…},"credential":{…}}: who is asking.
[[nodiscard]] Json HolderJson(const Holder& holder);

}  // namespace latchkey::api
