#pragma once

// Revoking many at once.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "authority/credential_authority.h"

namespace latchkey::api {

/// Revokes each, several at a time, so that they share syncs; those that are gone, not the caller's
/// or revoked already are passed over. Returns how many it revoked. Blocks. Errors: as
/// CredentialAuthority::Revoke, the first one; then some may be revoked.
[[nodiscard]] Result<std::uint64_t> RevokeEach(CredentialAuthority& authority,
                                               std::span<const CredentialId> ids,
                                               std::string_view reason, const Caller& caller);

/// Every credential of the filter that is not revoked, those among them that are issued while it
/// works as far as it sees them. Blocks. Errors: likewise, and as List.
[[nodiscard]] Result<std::uint64_t> RevokeAll(CredentialAuthority& authority,
                                              const CredentialFilter& filter,
                                              std::string_view reason, const Caller& caller);

}  // namespace latchkey::api
