#pragma once

// What the store keeps: one record for each thing, whole, with a version and a seal.
//
// A record is replaced as a whole, never edited: each change gives version + 1 and a new seal. The
// seal authenticates every field under a key that the database does not hold (see record_sealer.h),
// so a record that was edited, or copied from another row, does not open. Nothing is ever deleted:
// what ends gets a state.
//
// Thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "account/account.h"
#include "app/app.h"
#include "base/instant.h"
#include "credential/credential.h"
#include "crypto/sealer.h"
#include "signin/link.h"
#include "signin/policy_record.h"
#include "signin/session.h"

namespace latchkey {

struct CredentialRecord {
  CredentialId id;
  CredentialKind kind;
  AccountId account;
  std::string app;
  std::vector<std::string> grants;  ///< Names of scopes (API token) or permissions (app password).
  std::string name;                 ///< What its owner calls it.
  Instant created_at;
  std::optional<Instant> expires_at;  ///< Always set for an API token.
  std::optional<Instant> revoked_at;  ///< Set: revoked, for ever.
  std::string revoke_reason;
  std::uint64_t version = 1;
  Seal seal;  ///< Of the credential's digest.
};

template <typename T>
struct Sealed {
  T value;
  std::uint64_t version = 1;
  Seal seal;  ///< Of nothing: it only authenticates.
};

/// A membership that ended stays as a record, so that its end is a change like any other.
struct MembershipState {
  Membership membership;
  bool removed = false;
};

/// An app that was taken away stays as a record too. Of a built-in app the record holds what was
/// added to it: its document's operations.
struct AppState {
  AppDefinition definition;
  bool removed = false;
};

/// Of a session or a link, which whoever holds its ticket (signin/ticket.h) makes use of.
template <typename T>
struct SealedTicket {
  T value;
  std::uint64_t version = 1;
  Seal seal;  ///< Of the digest of the ticket's text.
};

/// How an account signs in. All of it is secret, so all of it is in the seal.
struct SignInRecord {
  AccountId account;
  std::uint64_t version = 1;
  Seal seal;  ///< Of the text of its SignIn (signin/sign_in_text.h).
};

using AccountRecord = Sealed<Account>;
using WorkspaceRecord = Sealed<Workspace>;
using MembershipRecord = Sealed<MembershipState>;
using RepositoryRecord = Sealed<Repository>;
using AppRecord = Sealed<AppState>;
using SessionRecord = SealedTicket<Session>;
using LinkRecord = SealedTicket<Link>;
using PolicyRecord = Sealed<InstallationPolicy>;

/// The key of the one policy there is.
inline constexpr std::string_view kPolicyKey = "installation";

/// The order of the alternatives is RecordType's.
using Record = std::variant<CredentialRecord, AccountRecord, WorkspaceRecord, MembershipRecord,
                            RepositoryRecord, AppRecord, SignInRecord, SessionRecord, LinkRecord,
                            PolicyRecord>;
enum class RecordType : std::uint8_t {
  kCredential,
  kAccount,
  kWorkspace,
  kMembership,
  kRepository,
  kApp,
  kSignIn,
  kSession,
  kLink,
  kPolicy
};

/// `credential`, `account`, `workspace`, `membership`, `repository`, `app`, `sign-in`, `session`,
/// `link`, `policy`.
[[nodiscard]] std::string_view TypeName(RecordType type);
[[nodiscard]] std::optional<RecordType> ParseTypeName(std::string_view name);

[[nodiscard]] RecordType TypeOf(const Record& record);
/// Unique among records of its type: the id, the slug, `workspace/account id`,
/// `workspace/repository`, the app's name; of a sign-in its account's id.
[[nodiscard]] std::string KeyOf(const Record& record);
[[nodiscard]] std::uint64_t VersionOf(const Record& record);

/// Whether this state of a record gives nothing to anybody: a revoked credential, a suspended
/// account, an ended membership, a removed app, an ended session, a used link.
[[nodiscard]] bool TakesAway(const Record& record);

/// Whether a change to this state may take something from somebody: whatever TakesAway(), and what
/// can give less than the state before it did: a role, an account's rights, an app, the policy.
[[nodiscard]] bool MayTakeAway(const Record& record);

/// All fields but the seal, unambiguously: what the seal authenticates.
[[nodiscard]] AssociatedData BindingOf(const Record& record);

}  // namespace latchkey
