#pragma once

// Accounts, workspaces and memberships: who there is, and what an account may do right now.
//
// Thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace latchkey {

/// 128 random bits as 32 lower-case hexadecimal digits. Never reused.
using AccountId = std::string;

enum class AccountKind : std::uint8_t { kPerson, kService };
enum class AccountState : std::uint8_t { kActive, kSuspended };

[[nodiscard]] std::string_view KindName(AccountKind kind);     ///< `person`, `service`
[[nodiscard]] std::string_view StateName(AccountState state);  ///< `active`, `suspended`
[[nodiscard]] std::optional<AccountKind> ParseAccountKind(std::string_view name);
[[nodiscard]] std::optional<AccountState> ParseAccountState(std::string_view name);

struct Account {
  AccountId id;
  std::string email;     ///< As given; unique without regard to ASCII letter case.
  std::string username;  ///< As given; unique without regard to ASCII letter case.
  std::string display_name;
  AccountKind kind = AccountKind::kPerson;
  AccountState state = AccountState::kActive;
  bool admin = false;
  /// Argon2id, of accounts that were made before there were sign-in records: PasswordHashOf()
  /// (signin/sign_in.h) says which hash counts. Empty in every other. Never a way into API or Git.
  std::string password_hash;
  Instant created_at;

  /// Errors: kInvalidArgument, saying which field and what would do. E-mail: one `@`, nothing that
  /// an address needs quotes for (RFC 5322 section 3.2.3), at most 254 bytes. Username:
  /// `[A-Za-z0-9][A-Za-z0-9_-]{0,61}`, no user part of a token (x-token-auth,
  /// x-bitbucket-api-token-auth), and no name that looks like the server's own.
  [[nodiscard]] Result<void> Validate() const;
};

/// What a member may do in a workspace; each includes the ones before it.
enum class Role : std::uint8_t { kRead, kWrite, kAdmin };

[[nodiscard]] std::string_view RoleName(Role role);  ///< `read`, `write`, `admin`
[[nodiscard]] std::optional<Role> ParseRole(std::string_view name);

struct Workspace {
  std::string slug;  ///< `[a-z0-9][a-z0-9_-]{0,61}`
  Instant created_at;
};

struct Membership {
  std::string workspace;  ///< Slug.
  AccountId account;
  Role role = Role::kRead;
};

struct Repository {
  std::string workspace;  ///< Slug.
  std::string slug;       ///< `[a-z0-9_.-]{1,62}` with rules; see ValidateRepositorySlug.
  Instant created_at;
};

/// Workspace slugs are path segments: lower case only, so that paths, policy and the file system
/// have one letter-case rule; none of the names that the server's own routes use (api, gate, 2.0,
/// git, …). Errors: kInvalidArgument.
[[nodiscard]] Result<void> ValidateWorkspaceSlug(std::string_view slug);

/// `[a-z0-9_][a-z0-9_.-]{0,61}`, without `..`, not ending in `.`, `.git` or `.lock`.
/// Errors: kInvalidArgument.
[[nodiscard]] Result<void> ValidateRepositorySlug(std::string_view slug);

/// User parts of Basic credentials that stand for "whoever this API token belongs to".
[[nodiscard]] bool IsTokenUser(std::string_view user);

}  // namespace latchkey
