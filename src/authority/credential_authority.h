#pragma once

// The use cases of credentials: issue, list, show, rename, revoke.
//
// Each change is durable and in force when its function returns.
//
// Thread safety: any number of threads; every function may block for the time of a sync.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/policy.h"
#include "authority/record_sealer.h"
#include "authority/store.h"
#include "base/clock.h"
#include "base/random.h"
#include "credential/credential.h"
#include "scope/catalogue.h"
#include "signin/sign_in_directory.h"
#include "verify/directory.h"

namespace latchkey {

struct IssueRequest {
  CredentialKind kind = CredentialKind::kApiToken;
  AccountId account;
  std::string app{kBitbucketApp};
  std::string name;
  std::vector<std::string> grants;  ///< Scopes or permissions; each at most once counts.
  std::optional<Instant> expires_at = {};
  /// When the request was read: what a span was counted from, and what policy counts from. Unless
  /// given, now.
  std::optional<Instant> asked_at = {};
  /// The expiry in the client's own words ("ttl 3600", "2027-03-31"): what a repeated request is
  /// recognised by, since a span gives another instant each time.
  std::string expiry_as_asked = {};
  /// 1 to 255 printable ASCII characters that a client chose: repeated, it makes nothing new.
  std::optional<std::string> idempotency_key = {};
};

/// What of a request somebody can be pointed at.
enum class RequestPart : std::uint8_t { kNone, kName, kApp, kGrants, kExpiry };

struct Issued {
  CredentialRecord record;
  /// To be revealed once. Nothing if the idempotency key had made this record before: its secret
  /// was shown then.
  std::optional<Credential> credential;
};

class CredentialAuthority {
 public:
  /// How long a token outlives the first use of its successor: what was begun with it, a long
  /// upload say, ends well.
  static constexpr std::chrono::hours kRotationGrace{1};

  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const Catalogues& catalogues;
    const Directory& directory;
    const SignInDirectory& sign_ins;
    const Clock& clock;
    Random& random;
    Policy policy;  ///< As the settings have it: PolicyAuthority narrows it.
    /// Told of each revocation once it is in force, by the thread that asked for it.
    std::function<void(const CredentialRecord&, const Caller&)> on_revoked = {};
  };

  /// The references in `parts` outlive this object.
  explicit CredentialAuthority(Parts parts) : parts_(std::move(parts)) {}

  /// Errors: kInvalidArgument (a field, named, with what would do), kPermissionDenied (more than
  /// the caller holds, or longer; policy allows no new ones of that kind), kAlreadyExists (the
  /// idempotency key was used for something else), as Ledger::Submit.
  [[nodiscard]] Result<Issued> Issue(const IssueRequest& request, const Caller& caller);

  /// What of `request` is not acceptable, in the order in which Issue() looks: what its
  /// kInvalidArgument is about. kNone if it is about no one part, or nothing is wrong.
  [[nodiscard]] RequestPart FindFault(const IssueRequest& request, const Caller& caller) const;

  /// Errors: kInvalidArgument, kNotFound (also for what the caller may not see), as Ledger::Submit.
  [[nodiscard]] Result<CredentialRecord> Rename(CredentialId id, std::string_view name,
                                                const Caller& caller);

  /// Ends it for ever. A credential that is revoked already stays so, with its first reason.
  /// Errors: kInvalidArgument (the reason), kNotFound, as Ledger::Submit.
  [[nodiscard]] Result<CredentialRecord> Revoke(CredentialId id, std::string_view reason,
                                                const Caller& caller);

  /// Makes the successor of the API token that asks, `caller.holder`: same account, app, scopes and
  /// name, and a life as long as its own was, within policy. Both are in force until Retire().
  ///
  /// `key` tells whose renewal it is, since the answer may be lost: the same again ends the
  /// successor that was made before, which nobody can hold, and makes another. Errors:
  /// kInvalidArgument (the key), kAlreadyExists (renewed with another key, or retired since), and
  /// those of Issue().
  [[nodiscard]] Result<Issued> Rotate(std::string_view key, const Caller& caller);

  /// Says that the successor, `caller.holder`, has arrived and is in use: `replaced` ends
  /// kRotationGrace from now, or earlier if it would have anyway. Once more changes nothing.
  /// Errors: kNotFound (the caller is not its successor), as Ledger::Submit.
  [[nodiscard]] Result<CredentialRecord> Retire(CredentialId replaced, const Caller& caller);

  /// Errors: kNotFound (also for what the caller may not see).
  [[nodiscard]] Result<CredentialRecord> Show(CredentialId id, const Caller& caller) const;

  /// Newest first; of a caller with an owner() only that one's, whatever the filter says.
  [[nodiscard]] Result<std::vector<CredentialRecord>> List(CredentialFilter filter,
                                                           const Caller& caller) const;

  /// What is in force for new credentials now.
  [[nodiscard]] Policy policy() const { return Narrow(parts_.policy, *parts_.sign_ins.policy()); }

 private:
  [[nodiscard]] Result<Issued> IssueNew(const IssueRequest& request, const Caller& caller,
                                        const std::optional<Digest>& fingerprint);
  /// Mints and submits what Prepare() has made.
  [[nodiscard]] Result<Issued> SubmitNew(CredentialRecord record, const Caller& caller,
                                         ChangeInfo info, std::optional<IdempotencyClaim> claim);
  /// The claims that tie a token to its successors, credential_rotation.cc.
  struct Succession;
  [[nodiscard]] Result<Succession> FindSuccession(const CredentialRecord& record) const;
  [[nodiscard]] Result<CredentialRecord> RetireOnce(CredentialId replaced, const Caller& caller);
  [[nodiscard]] Result<void> EndLost(const Succession& succession, const Caller& caller);
  [[nodiscard]] Result<void> CheckPolicy(const IssueRequest& request) const;
  [[nodiscard]] Result<AccountId> RequireActiveAccount(const AccountId& id) const;
  [[nodiscard]] Result<CredentialRecord> Prepare(const IssueRequest& request,
                                                 const Caller& caller) const;
  [[nodiscard]] Result<std::optional<Instant>> DecideExpiry(const IssueRequest& request,
                                                            const Caller& caller,
                                                            Instant now) const;
  [[nodiscard]] Result<std::optional<Issued>> FindReplay(const IssueRequest& request,
                                                         const Digest& fingerprint) const;
  template <typename Edit>
  [[nodiscard]] Result<CredentialRecord> Change(CredentialId id, const Caller& caller,
                                                const ChangeInfo& info, Edit edit);
  template <typename Edit>
  [[nodiscard]] Result<CredentialRecord> ChangeOnce(CredentialId id, const Caller& caller,
                                                    const ChangeInfo& info, Edit edit);

  Parts parts_;
};

/// `active`, `expired`, `revoked` at that moment.
[[nodiscard]] std::string_view StateOf(const CredentialRecord& record, Instant now);

}  // namespace latchkey
