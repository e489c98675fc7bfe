#include "verify/verifier.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/digest.h"

namespace latchkey {
namespace {

// What is decoded on the stack. A longer header is no credential that anybody was given, but what
// is wrong with it deserves its true cause.
constexpr std::size_t kStackScratch = 1024;

Decision Deny(Cause cause, Mistake mistake = Mistake::kNone) {
  return {.allowed = false, .cause = cause, .proven = {}, .mistake = mistake};
}

Decision Deny(Cause cause, const HolderView& proven, Mistake mistake = Mistake::kNone) {
  return {.allowed = false, .cause = cause, .proven = proven, .mistake = mistake};
}

Mistake MistakeOf(CredentialFault fault) {
  switch (fault) {
    case CredentialFault::kNotACredential: return Mistake::kNone;
    case CredentialFault::kCutShort: return Mistake::kCutShort;
    case CredentialFault::kTooLong: return Mistake::kTooLong;
    case CredentialFault::kChanged: return Mistake::kCharacterChanged;
  }
  std::unreachable();
}

/// What is not the text of a credential: sent with one of the slips that clients really make, or
/// anything at all.
Decision DenyUnread(std::string_view presented, CredentialFault fault) {
  Mistake slip = MistakeOf(fault);
  if (slip == Mistake::kNone && (presented.ends_with('\n') || presented.ends_with('\r'))) {
    const std::string_view trimmed = presented.substr(0, presented.find_last_not_of("\r\n") + 1);
    const auto claim = ClaimOf(trimmed);
    if (claim && !FaultOf(*claim)) slip = Mistake::kLineBreak;
  }
  return slip == Mistake::kNone ? Deny(Cause::kUnknown) : Deny(Cause::kMistyped, slip);
}

bool IsUserOf(const Account& account, std::string_view user) {
  return EqualsIgnoringCase(user, account.email) || EqualsIgnoringCase(user, account.username);
}

/// kNone if the form fits the kind and the user part names the owner.
Mistake FindUserMistake(const PresentedView& presented, const HolderView& holder) {
  const bool api_token = holder.kind == CredentialKind::kApiToken;
  switch (presented.form) {
    case Presented::Form::kBearer:
    case Presented::Form::kBasicSecretAsUser:
      return api_token ? Mistake::kNone : Mistake::kUserMissing;
    case Presented::Form::kBasic:
      // The fixed names first: they need no look at the account.
      if (api_token && IsTokenUser(*presented.user)) return Mistake::kNone;
      if (IsUserOf(*holder.account, *presented.user)) return Mistake::kNone;
      break;
    case Presented::Form::kSecretAlone: return Mistake::kNone;
    case Presented::Form::kUnreadable: break;
  }
  return api_token ? Mistake::kNotOwnerOfToken : Mistake::kNotOwnerOfPassword;
}

/// Nothing if app and grants are right; else why not.
std::optional<Cause> CheckGrants(const HolderView& holder, const Requirement& requirement) {
  const std::vector<GrantSet>& needed =
      holder.kind == CredentialKind::kApiToken ? requirement.scopes : requirement.permissions;
  const Catalogue& held = *holder.grants->catalogue;
  // By the name: a catalogue may have been replaced since the requirement was made.
  bool right_app = &held == requirement.catalogue || held.app() == requirement.catalogue->app();
  if (!right_app && requirement.catalogue->app() == kLatchkeyApp) {
    // Every API token may hold management scopes: their positions are the same in every catalogue,
    // for they stand in front. Where latchkey itself asks for nothing, any live credential will do.
    right_app = holder.kind == CredentialKind::kApiToken ||
                std::ranges::any_of(needed, [](const GrantSet& set) { return set.empty(); });
  }
  if (right_app && CoversAny(needed, holder.grants->closed)) return std::nullopt;
  return right_app || needed.empty() ? Cause::kMissingScope : Cause::kWrongApp;
}

std::optional<Cause> CheckAccess(const HolderView& holder, const Directory& directory,
                                 const Access& access) {
  const std::optional<Role> role = directory.FindRole(access.workspace, holder.account->id);
  if (!role) return Cause::kNotVisible;
  if (*role < access.role) return Cause::kNotPermitted;
  return std::nullopt;
}

/// Whether this is somebody trying and failing, rather than a good credential in the wrong place.
bool IsFailedAttempt(Cause cause) {
  return cause == Cause::kMistyped || cause == Cause::kUnknown || cause == Cause::kWrongUser ||
         cause == Cause::kExpired || cause == Cause::kRevoked || cause == Cause::kSuspended;
}

/// What the throttle counts by, put together without allocating: whoever fails in a hurry should
/// not make this side work.
class ThrottleKey {
 public:
  ThrottleKey(std::string_view kind, std::string_view name) {
    size_ = kind.copy(text_.data(), text_.size());
    size_ += name.copy(text_.data() + size_, text_.size() - size_);
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 80> text_{};  // An address has at most 45 characters, an account id 32.
  std::size_t size_;
};

Holder Keep(const HolderView& view) {
  return {.id = view.id,
          .kind = view.kind,
          .account = Directory::Keep(*view.account),
          .catalogue = view.grants->catalogue,
          .granted = view.grants->closed,
          .expires_at = view.expires_at};
}

}  // namespace

Denial ToDenial(const Decision& decision, const Requirement& requirement) {
  Denial denial{.cause = decision.cause,
                .proven = {},
                .required = RequiredNames(decision, requirement),
                .revoked_at = decision.revoked_at,
                .detail = std::string{MistakeText(decision.mistake)},
                .retry_after = decision.retry_after};
  if (decision.proven) denial.proven = Keep(*decision.proven);
  return denial;
}

Decision Verifier::Decide(const EpochDomain::Guard& guard, const AttemptView& attempt,
                          const Requirement& requirement,
                          const std::optional<Access>& access) const noexcept {
  const std::size_t size = AuthorizationScratchSize(attempt.authorization.size());
  const auto decide = [&](std::span<char> scratch) {
    const std::optional<PresentedView> presented =
        ReadAuthorization(attempt.authorization, scratch);
    Decision decision = DecideOn(guard, presented, attempt, requirement, access);
    Wipe(scratch.data(), size);
    return decision;
  };
  if (size > kStackScratch) {
    std::string scratch(size, '\0');
    return decide(scratch);
  }
  std::array<char, kStackScratch> scratch;
  return decide(scratch);
}

Verdict Verifier::Verify(const Attempt& attempt, const Requirement& requirement,
                         const std::optional<Access>& access) const {
  std::optional<PresentedView> presented;
  if (attempt.presented) presented = ViewOf(*attempt.presented);
  const EpochDomain::Guard guard = Enter();
  const Decision decision =
      DecideOn(guard, presented,
               {.authorization = {}, .client_address = attempt.client_address, .now = attempt.now},
               requirement, access);
  if (decision.allowed) return Grant{Keep(*decision.proven)};
  return std::unexpected(ToDenial(decision, requirement));
}

Decision Verifier::DecideOn(const EpochDomain::Guard& guard,
                            const std::optional<PresentedView>& presented,
                            const AttemptView& attempt, const Requirement& requirement,
                            const std::optional<Access>& access) const {
  Decision decision =
      presented ? Judge(guard, *presented, attempt.now, requirement, access) : Deny(Cause::kAbsent);
  if (IsStale()) {
    decision = Deny(Cause::kStale);
  } else if (!decision.allowed && IsFailedAttempt(decision.cause)) {
    CountFailure(attempt, decision);
  }
  counters_.Count(requirement.catalogue->app(),
                  decision.allowed ? std::nullopt : std::optional{decision.cause});
  return decision;
}

Decision Verifier::Judge(const EpochDomain::Guard& guard, const PresentedView& presented,
                         Instant now, const Requirement& requirement,
                         const std::optional<Access>& access) const {
  const auto claim = ClaimOf(presented.secret);
  if (!claim) return DenyUnread(presented.secret, claim.error());
  // Memory takes longer to answer than the checksum and the digest to compute: ask first.
  index_.Prefetch(guard, claim->id);
  if (const auto fault = FaultOf(*claim)) return DenyUnread(presented.secret, *fault);
  const std::optional<Proven> proven = Identify(guard, *claim);
  if (!proven) return Deny(Cause::kUnknown);
  const HolderView& holder = proven->holder;
  if (const Mistake mistake = FindUserMistake(presented, holder); mistake != Mistake::kNone) {
    return Deny(Cause::kWrongUser, holder, mistake);
  }
  if (proven->revoked_at) {
    Decision revoked = Deny(Cause::kRevoked, holder);
    revoked.revoked_at = proven->revoked_at;
    return revoked;
  }
  if (holder.expires_at && now >= *holder.expires_at) return Deny(Cause::kExpired, holder);
  if (proven->suspended) return Deny(Cause::kSuspended, holder);
  if (const auto cause = CheckGrants(holder, requirement)) return Deny(*cause, holder);
  if (access) {
    if (const auto cause = CheckAccess(holder, directory_, *access)) return Deny(*cause, holder);
  }
  Decision decision;
  decision.allowed = true;
  decision.proven = holder;
  return decision;
}

std::optional<Verifier::Proven> Verifier::Identify(const EpochDomain::Guard& guard,
                                                   const CredentialClaim& claim) const {
  // The digest is computed and compared whether or not the id is known, so that both take the same
  // time.
  static constexpr Digest kNobodysDigest{};
  const Digest digest = Sha256(claim.text);
  const std::optional<CredentialFacts> facts = index_.Lookup(guard, claim.id);
  const bool right = EqualInConstantTime(digest, facts ? facts->digest : kNobodysDigest);
  if (!facts || !right || facts->kind != claim.kind) return std::nullopt;
  const AccountStanding standing = directory_.StandingAt(guard, facts->account);
  // An account whose record was tampered with is not in the directory: nothing of it passes.
  if (standing == AccountStanding::kNone) return std::nullopt;
  return Proven{.holder = {.id = facts->id,
                           .kind = facts->kind,
                           .account = directory_.AccountAt(guard, facts->account),
                           .grants = &index_.GrantsOf(guard, *facts),
                           .expires_at = facts->expires_at},
                .revoked_at = facts->revoked_at,
                .suspended = standing == AccountStanding::kSuspended};
}

void Verifier::CountFailure(const AttemptView& attempt, Decision& decision) const {
  // Only who has proved to hold the secret counts against its account: an id, which is public, must
  // not let anybody use up somebody else's attempts.
  std::chrono::seconds wait =
      throttle_.CountFailure(ThrottleKey{"address ", attempt.client_address}.text(), attempt.now);
  if (decision.proven) {
    const ThrottleKey key{"account ", decision.proven->account->id};
    wait = std::max(wait, throttle_.CountFailure(key.text(), attempt.now));
  }
  if (wait == std::chrono::seconds{0}) return;
  decision = Deny(Cause::kThrottled);
  decision.retry_after = wait;
}

}  // namespace latchkey
