#include "verify/verifier.h"

#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

constexpr std::string_view kLineBreakHint =
    "the credential ends in a line break: \"echo\" adds one, use printf %s";

/// A credential that a client sent with one of the slips that clients really make.
std::optional<std::string> FindSlip(std::string_view presented, const Error& error) {
  if (error.code == Error::Code::kBadChecksum) return error.message;
  const bool line_break = presented.ends_with('\n') || presented.ends_with('\r');
  if (!line_break) return std::nullopt;
  const std::string_view trimmed = presented.substr(0, presented.find_last_not_of("\r\n") + 1);
  if (!Credential::Parse(trimmed)) return std::nullopt;
  return std::string{kLineBreakHint};
}

bool IsUserOf(const Account& account, std::string_view user) {
  return EqualsIgnoringCase(user, account.email) || EqualsIgnoringCase(user, account.username);
}

/// Nothing if the form fits the kind and the user part names the owner; else what is wrong.
std::optional<std::string> FindUserMistake(const Presented& presented, CredentialKind kind,
                                           const Account& account) {
  const bool api_token = kind == CredentialKind::kApiToken;
  switch (presented.form) {
    case Presented::Form::kBearer:
    case Presented::Form::kBasicSecretAsUser:
      if (api_token) return std::nullopt;
      return "an app password goes with its account's username: send Basic username:app-password";
    case Presented::Form::kBasic:
      if (IsUserOf(account, *presented.user)) return std::nullopt;
      if (api_token && IsTokenUser(*presented.user)) return std::nullopt;
      return api_token
                 ? "the user part is not the owner of this API token: send the account's e-mail or "
                   "username, or x-token-auth"
                 : "the user part is not the owner of this app password: send the account's "
                   "username or e-mail";
    case Presented::Form::kUnreadable: break;
  }
  return "the credential is not valid";
}

std::optional<Denial> CheckAccount(const IndexEntry& entry, const Holder& holder,
                                   const Presented& presented, Instant now) {
  if (std::optional<std::string> mistake =
          FindUserMistake(presented, holder.kind, *holder.account)) {
    return Denial{.cause = Cause::kWrongUser, .proven = holder, .detail = std::move(*mistake)};
  }
  if (entry.revoked_at) {
    return Denial{.cause = Cause::kRevoked, .proven = holder, .revoked_at = entry.revoked_at};
  }
  if (entry.expires_at && now >= *entry.expires_at) {
    return Denial{.cause = Cause::kExpired, .proven = holder};
  }
  if (holder.account->state == AccountState::kSuspended) {
    return Denial{.cause = Cause::kSuspended, .proven = holder};
  }
  return std::nullopt;
}

const GrantSet* Needed(const Requirement& requirement, CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return &requirement.scopes;
    case CredentialKind::kAppPassword:
      return requirement.permissions ? &*requirement.permissions : nullptr;
  }
  std::unreachable();
}

std::vector<std::string> NeededNames(const Requirement& requirement, CredentialKind kind) {
  const bool permissions = kind == CredentialKind::kAppPassword && requirement.permissions;
  return permissions ? requirement.catalogue->PermissionNames(*requirement.permissions)
                     : requirement.catalogue->ScopeNames(requirement.scopes);
}

/// Checks app and grants.
std::optional<Denial> CheckGrants(const Holder& holder, const Requirement& requirement) {
  const GrantSet* needed = Needed(requirement, holder.kind);
  // Any live credential will do where nothing is asked for.
  if (needed != nullptr && needed->empty()) return std::nullopt;
  const bool same_app = holder.catalogue == requirement.catalogue;
  // Positions of the management scopes are the same in every catalogue: they stand in front.
  const bool management =
      requirement.catalogue->app() == kLatchkeyApp && holder.kind == CredentialKind::kApiToken;
  if (needed != nullptr && (same_app || management) && holder.granted.Covers(*needed)) {
    return std::nullopt;
  }
  const Cause cause =
      same_app || management || needed == nullptr ? Cause::kMissingScope : Cause::kWrongApp;
  return Denial{
      .cause = cause, .proven = holder, .required = NeededNames(requirement, holder.kind)};
}

std::optional<Denial> CheckAccess(const Holder& holder, const Directory& directory,
                                  const Access& access) {
  const std::optional<Role> role = directory.FindRole(access.workspace, holder.account->id);
  if (!role) return Denial{.cause = Cause::kNotVisible, .proven = holder};
  if (*role < access.role) return Denial{.cause = Cause::kNotPermitted, .proven = holder};
  return std::nullopt;
}

/// Whether this is somebody trying and failing, rather than a good credential in the wrong place.
bool IsFailedAttempt(Cause cause) {
  return cause == Cause::kMistyped || cause == Cause::kUnknown || cause == Cause::kWrongUser ||
         cause == Cause::kExpired || cause == Cause::kRevoked || cause == Cause::kSuspended;
}

}  // namespace

Verdict Verifier::Verify(const Attempt& attempt, const Requirement& requirement,
                         const std::optional<Access>& access) const {
  Verdict verdict = Decide(attempt, requirement, access);
  if (!verdict && IsFailedAttempt(verdict.error().cause)) {
    verdict = std::unexpected(Throttled(std::move(verdict.error()), attempt));
  }
  const std::size_t counter = verdict ? 0 : 1 + static_cast<std::size_t>(verdict.error().cause);
  counts_[counter].fetch_add(1, std::memory_order_relaxed);
  return verdict;
}

Verdict Verifier::Decide(const Attempt& attempt, const Requirement& requirement,
                         const std::optional<Access>& access) const {
  if (!attempt.presented) return std::unexpected(Denial{.cause = Cause::kAbsent});
  std::expected<Holder, Denial> holder = Identify(*attempt.presented, attempt.now);
  if (!holder) return std::unexpected(std::move(holder.error()));
  if (std::optional<Denial> denial = CheckGrants(*holder, requirement)) {
    return std::unexpected(std::move(*denial));
  }
  if (access) {
    if (std::optional<Denial> denial = CheckAccess(*holder, directory_, *access)) {
      return std::unexpected(std::move(*denial));
    }
  }
  return Grant{std::move(*holder)};
}

std::expected<Holder, Denial> Verifier::Identify(const Presented& presented, Instant now) const {
  const Result<Credential> credential = Credential::Parse(presented.secret.Expose());
  if (!credential) {
    std::optional<std::string> slip = FindSlip(presented.secret.Expose(), credential.error());
    if (!slip) return std::unexpected(Denial{.cause = Cause::kUnknown});
    return std::unexpected(Denial{.cause = Cause::kMistyped, .detail = std::move(*slip)});
  }
  // The digest is computed and compared whether or not the id is known, so that both take the same
  // time.
  static constexpr Digest kNobodysDigest{};
  const std::shared_ptr<const IndexEntry> entry = index_.Find(credential->id());
  const Digest digest = credential->ComputeDigest();
  const bool right = EqualInConstantTime(digest, entry ? entry->digest : kNobodysDigest);
  if (!entry || !right || entry->kind != credential->kind()) {
    return std::unexpected(Denial{.cause = Cause::kUnknown});
  }
  std::shared_ptr<const Account> account = directory_.FindAccount(entry->account);
  // An account whose record was tampered with is not in the directory: nothing of it passes.
  if (!account) return std::unexpected(Denial{.cause = Cause::kUnknown});
  Holder holder{.id = entry->id,
                .kind = entry->kind,
                .account = std::move(account),
                .catalogue = entry->catalogue,
                .granted = entry->granted,
                .expires_at = entry->expires_at};
  if (std::optional<Denial> denial = CheckAccount(*entry, holder, presented, now)) {
    return std::unexpected(std::move(*denial));
  }
  return holder;
}

Denial Verifier::Throttled(Denial denial, const Attempt& attempt) const {
  // Only who has proved to hold the secret counts against its account: an id, which is public, must
  // not let anybody use up somebody else's attempts.
  std::chrono::seconds wait =
      throttle_.CountFailure("address " + std::string{attempt.client_address}, attempt.now);
  if (denial.proven) {
    const std::string key = "account " + denial.proven->account->id;
    wait = std::max(wait, throttle_.CountFailure(key, attempt.now));
  }
  if (wait == std::chrono::seconds{0}) return denial;
  return Denial{.cause = Cause::kThrottled, .retry_after = wait};
}

std::array<std::uint64_t, kCauseCount + 1> Verifier::Counts() const {
  std::array<std::uint64_t, kCauseCount + 1> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = counts_[i].load(std::memory_order_relaxed);
  }
  return counts;
}

}  // namespace latchkey
