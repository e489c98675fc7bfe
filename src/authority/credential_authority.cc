#include "authority/credential_authority.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "credential/scan.h"

namespace latchkey {
namespace {

constexpr std::size_t kNameSizeMax = 255;
constexpr std::size_t kReasonSizeMax = 1000;
constexpr std::size_t kGrantsMax = 1000;
constexpr std::size_t kIdempotencyKeySizeMax = 255;
constexpr std::chrono::days kClaimLifetime{7};
/// How often a change is tried again when the record changed meanwhile.
constexpr int kAttemptsMax = 5;

using enum Error::Code;

/// A text that people will read in lists and logs, so it must not be a secret.
Result<void> CheckText(std::string_view what, std::string_view text, std::size_t size_max) {
  if (Result<void> valid = ValidateDisplayText(what, text, size_max); !valid) return valid;
  if (FindCredential(text)) {
    return Fail(kInvalidArgument, std::string{what} + " has a whole credential in it",
                "This looks like a token: it would be shown in lists and logs. Choose another "
                "text, and revoke "
                "that credential if others saw it.");
  }
  return {};
}

Result<void> CheckIdempotencyKey(const std::string& key) {
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!key.empty() && key.size() <= kIdempotencyKeySizeMax && printable && !FindCredential(key)) {
    return {};
  }
  return Fail(kInvalidArgument, "the idempotency key cannot be used",
              "Send 1 to 255 printable ASCII characters without blanks, e.g. a UUID.");
}

std::vector<std::string> Unique(std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

/// Those of `ordered` that are among `names`.
std::vector<std::string> InOrderOf(std::vector<std::string> ordered,
                                   const std::vector<std::string>& names) {
  std::erase_if(ordered, [&names](const std::string& name) {
    return std::ranges::find(names, name) == names.end();
  });
  return ordered;
}

/// Of everything that decides what the request makes.
Digest FingerprintOf(const IssueRequest& request) {
  AssociatedData data;
  data.Add(KindName(request.kind)).Add(request.account).Add(request.app).Add(request.name);
  for (const std::string& grant : Unique(request.grants)) data.Add(grant);
  data.Add(request.expiry_as_asked);
  return Sha256(data.bytes());
}

std::string_view GrantWord(CredentialKind kind) {
  return kind == CredentialKind::kApiToken ? "scope" : "permission";
}

/// Whether the caller may make a credential with these grants of `catalogue`.
Result<void> CheckHolds(const Caller& caller, CredentialKind kind, const Catalogue& catalogue,
                        const GrantSet& granted) {
  if (caller.holder == nullptr) return {};
  const Holder& holder = *caller.holder;
  std::optional<GrantSet> needed = granted;
  if (kind == CredentialKind::kAppPassword) needed = catalogue.ScopesToHandOn(granted);
  // By name: the catalogue may have been replaced since, in which what was granted means the same.
  const bool same_app =
      holder.catalogue->app() == catalogue.app() || catalogue.app() == kLatchkeyApp;
  const bool api_token = holder.kind == CredentialKind::kApiToken;
  if (api_token && same_app && needed && holder.granted.Covers(*needed)) return {};
  return Fail(kPermissionDenied, "a credential cannot make one that holds more than itself",
              "Ask for " + std::string{GrantWord(kind)} +
                  "s that the calling API token holds, or make it with the command line.");
}

Result<void> CheckOutlives(const Caller& caller, const std::optional<Instant>& expires_at) {
  if (caller.holder == nullptr || !caller.holder->expires_at) return {};
  const Instant end = *caller.holder->expires_at;
  if (expires_at && *expires_at <= end) return {};
  return Fail(kPermissionDenied, "a credential cannot make one that outlives itself",
              "Ask for an expiry not after " + FormatInstant(end) + ".");
}

std::string DescribeDays(std::chrono::seconds lifetime) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(lifetime);
  if (days == lifetime) return std::to_string(days.count()) + " day(s)";
  return std::to_string(lifetime.count()) + " seconds";
}

Result<void> CheckLifetime(Instant now, Instant expires_at, std::chrono::seconds min,
                           std::optional<std::chrono::seconds> max) {
  if (expires_at <= now) {
    return Fail(kInvalidArgument, "the expiry " + FormatInstant(expires_at) + " is in the past",
                "Choose a later one.");
  }
  if (expires_at - now < min) {
    return Fail(kInvalidArgument, "the expiry is too soon",
                "It must be at least " + DescribeDays(min) + " from now.");
  }
  if (max && expires_at - now > *max) {
    return Fail(kInvalidArgument, "the expiry is above what policy allows",
                "It must be at most " + DescribeDays(*max) + " from now.");
  }
  return {};
}

/// Whether a secret was put where the name of something belongs.
bool HoldsCredential(const std::string& text) { return FindCredential(text).has_value(); }

/// What can be said of a request without looking anything up.
Result<void> CheckRequest(const IssueRequest& request) {
  if (Result<void> named = CheckText("the name", request.name, kNameSizeMax); !named) return named;
  // What is unknown is quoted in the answer: a secret that was put in the wrong place must not be.
  if (HoldsCredential(request.app) || std::ranges::any_of(request.grants, HoldsCredential)) {
    return Fail(kInvalidArgument,
                "a whole credential stands where the app or a " +
                    std::string{GrantWord(request.kind)} + " belongs",
                "Revoke that credential if others may have seen it.");
  }
  if (!request.grants.empty() && request.grants.size() <= kGrantsMax) return {};
  const std::string word{GrantWord(request.kind)};
  return Fail(kInvalidArgument,
              request.grants.empty() ? "no " + word + " was asked for" : "too many " + word + "s",
              "\"latchkey catalogue " + request.app + "\" lists what there is.");
}

/// When the credential that asks ends; what it makes must not outlive it.
std::optional<Instant> EndOf(const Caller& caller) {
  if (caller.holder == nullptr) return std::nullopt;
  return caller.holder->expires_at;
}

Instant DefaultExpiry(Instant now, const Policy& policy, const Caller& caller) {
  const Instant expires_at =
      now + std::min(policy.token_lifetime_default, policy.token_lifetime_max);
  return std::min(expires_at, EndOf(caller).value_or(expires_at));
}

std::unexpected<Error> NoSuchCredential(CredentialId id) {
  return Fail(kNotFound, "no credential " + id.text(), "\"latchkey token list\" shows the ids.");
}

}  // namespace

Result<Issued> CredentialAuthority::Issue(const IssueRequest& request, const Caller& caller) {
  if (!request.idempotency_key) return IssueNew(request, caller, std::nullopt);
  if (Result<void> usable = CheckIdempotencyKey(*request.idempotency_key); !usable) {
    return std::unexpected(usable.error());
  }
  const Digest fingerprint = FingerprintOf(request);
  // The second round finds what another request with the same key has made meanwhile.
  for (int attempt = 1;; ++attempt) {
    Result<std::optional<Issued>> replay = FindReplay(request, fingerprint);
    if (!replay) return std::unexpected(replay.error());
    if (*replay) return std::move(**replay);
    Result<Issued> issued = IssueNew(request, caller, fingerprint);
    const bool raced = !issued && issued.error().code == kAlreadyExists && attempt == 1;
    if (!raced) return issued;
  }
}

RequestPart CredentialAuthority::FindFault(const IssueRequest& request,
                                           const Caller& caller) const {
  if (request.idempotency_key && !CheckIdempotencyKey(*request.idempotency_key)) {
    return RequestPart::kNone;
  }
  if (!CheckText("the name", request.name, kNameSizeMax)) return RequestPart::kName;
  if (HoldsCredential(request.app)) return RequestPart::kApp;
  if (!CheckRequest(request)) return RequestPart::kGrants;
  if (!RequireActiveAccount(request.account)) return RequestPart::kNone;
  const Catalogue* catalogue = parts_.catalogues.Find(request.app);
  if (catalogue == nullptr || !CheckPolicy(request)) return RequestPart::kApp;
  const Result<GrantSet> granted = request.kind == CredentialKind::kApiToken
                                       ? catalogue->ScopeSet(request.grants)
                                       : catalogue->PermissionSet(request.grants);
  if (!granted) return RequestPart::kGrants;
  const Instant asked_at = request.asked_at.value_or(parts_.clock.Now());
  return DecideExpiry(request, caller, asked_at) ? RequestPart::kNone : RequestPart::kExpiry;
}

Result<Issued> CredentialAuthority::IssueNew(const IssueRequest& request, const Caller& caller,
                                             const std::optional<Digest>& fingerprint) {
  Result<CredentialRecord> record = Prepare(request, caller);
  if (!record) return std::unexpected(record.error());
  std::optional<IdempotencyClaim> claim;
  if (fingerprint) {
    claim = IdempotencyClaim{.account = request.account,
                             .key = *request.idempotency_key,
                             .fingerprint = *fingerprint,
                             .expires_at = record->created_at + kClaimLifetime};
  }
  return SubmitNew(*std::move(record), caller, caller.Info("credential.issue"), std::move(claim));
}

Result<Issued> CredentialAuthority::SubmitNew(CredentialRecord record, const Caller& caller,
                                              ChangeInfo info,
                                              std::optional<IdempotencyClaim> claim) {
  Result<Credential> credential =
      Credential::Mint(record.kind, parts_.policy.prefix, parts_.random);
  if (!credential) return std::unexpected(credential.error());
  record.id = credential->id();
  if (Result<void> sealed = parts_.sealer.SealCredential(record, credential->ComputeDigest());
      !sealed) {
    return std::unexpected(sealed.error());
  }
  Write write{.record = record,
              .info = std::move(info),
              .claim = std::move(claim),
              .on_behalf_of = caller.credential(),
              .on_behalf_of_session = caller.session};
  if (Result<void> submitted = parts_.ledger.Submit(std::move(write)); !submitted) {
    return std::unexpected(submitted.error());
  }
  return Issued{.record = std::move(record), .credential = std::move(*credential)};
}

Result<CredentialRecord> CredentialAuthority::Prepare(const IssueRequest& request,
                                                      const Caller& caller) const {
  if (Result<void> valid = CheckRequest(request); !valid) return std::unexpected(valid.error());
  const Result<AccountId> account = RequireActiveAccount(request.account);
  if (!account) return std::unexpected(account.error());
  const Result<const Catalogue*> catalogue = parts_.catalogues.Require(request.app);
  if (!catalogue) return std::unexpected(catalogue.error());
  if (Result<void> may = CheckPolicy(request); !may) return std::unexpected(may.error());
  const bool api_token = request.kind == CredentialKind::kApiToken;
  const std::vector<std::string> asked = Unique(request.grants);
  const Result<GrantSet> granted =
      api_token ? (*catalogue)->ScopeSet(asked) : (*catalogue)->PermissionSet(asked);
  if (!granted) return std::unexpected(granted.error());
  // As asked for, without what they imply, and in the order in which everything lists them.
  std::vector<std::string> grants = InOrderOf(
      api_token ? (*catalogue)->ScopeNames(*granted) : (*catalogue)->PermissionNames(*granted),
      asked);
  const Instant now = parts_.clock.Now();
  const Result<std::optional<Instant>> expires_at =
      DecideExpiry(request, caller, request.asked_at.value_or(now));
  if (!expires_at) return std::unexpected(expires_at.error());
  Result<void> allowed = CheckHolds(caller, request.kind, **catalogue, *granted);
  if (allowed) allowed = CheckOutlives(caller, *expires_at);
  if (!allowed) return std::unexpected(allowed.error());
  return CredentialRecord{.id = CredentialId{0},
                          .kind = request.kind,
                          .account = *account,
                          .app = request.app,
                          .grants = std::move(grants),
                          .name = request.name,
                          .created_at = now,
                          .expires_at = *expires_at,
                          .revoked_at = {},
                          .revoke_reason = {},
                          .version = 1,
                          .seal = {}};
}

Result<void> CredentialAuthority::CheckPolicy(const IssueRequest& request) const {
  const std::shared_ptr<const InstallationPolicy> policy = parts_.sign_ins.policy();
  if (!policy->Allows(request.kind)) {
    const bool api_token = request.kind == CredentialKind::kApiToken;
    return Fail(kPermissionDenied,
                std::string{"policy allows no new "} + (api_token ? "API tokens" : "app passwords"),
                std::string{"An administrator can allow them: \"latchkey policy set "} +
                    (api_token ? "api_tokens" : "app_passwords") + "=true\".");
  }
  if (request.kind != CredentialKind::kApiToken || policy->AllowsTokensFor(request.app)) return {};
  return Fail(kInvalidArgument, "policy allows no new API tokens for the app " + request.app,
              "It allows them for " + JoinNames(policy->token_apps) + ".");
}

Result<AccountId> CredentialAuthority::RequireActiveAccount(const AccountId& id) const {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(id);
  if (!account) return Fail(kNotFound, "no such account");
  if (account->state == AccountState::kActive) return account->id;
  return Fail(kInvalidArgument, "the account is suspended", "Resume it first.");
}

Result<std::optional<Instant>> CredentialAuthority::DecideExpiry(const IssueRequest& request,
                                                                 const Caller& caller,
                                                                 Instant now) const {
  const Policy policy = this->policy();
  if (request.kind == CredentialKind::kApiToken) {
    const Instant expires_at = request.expires_at.value_or(DefaultExpiry(now, policy, caller));
    if (Result<void> fits =
            CheckLifetime(now, expires_at, policy.token_lifetime_min, policy.token_lifetime_max);
        !fits) {
      return std::unexpected(fits.error());
    }
    return expires_at;
  }
  if (!request.expires_at) return EndOf(caller);
  if (Result<void> fits =
          CheckLifetime(now, *request.expires_at, policy.app_password_lifetime_min, std::nullopt);
      !fits) {
    return std::unexpected(fits.error());
  }
  return request.expires_at;
}

Result<std::optional<Issued>> CredentialAuthority::FindReplay(const IssueRequest& request,
                                                              const Digest& fingerprint) const {
  Result<std::optional<KnownClaim>> claim =
      parts_.store.FindClaim(request.account, *request.idempotency_key);
  if (!claim) return std::unexpected(claim.error());
  if (!*claim) return std::nullopt;
  if (!EqualInConstantTime((*claim)->fingerprint, fingerprint)) {
    return Fail(kAlreadyExists, "this idempotency key was used for a different request",
                "Use a new key for a new credential.");
  }
  Result<Record> record = parts_.store.Find(RecordType::kCredential, (*claim)->record_key);
  if (!record) return std::unexpected(record.error());
  if (Result<void> settled = parts_.ledger.Settle(); !settled) {
    return std::unexpected(settled.error());
  }
  return Issued{.record = std::move(std::get<CredentialRecord>(*record)), .credential = {}};
}

template <typename Edit>
Result<CredentialRecord> CredentialAuthority::Change(CredentialId id, const Caller& caller,
                                                     const ChangeInfo& info, Edit edit) {
  for (int attempt = 1;; ++attempt) {
    Result<CredentialRecord> record = ChangeOnce(id, caller, info, edit);
    const bool again = !record && record.error().code == kConflict && attempt < kAttemptsMax;
    if (!again) return record;
  }
}

template <typename Edit>
Result<CredentialRecord> CredentialAuthority::ChangeOnce(CredentialId id, const Caller& caller,
                                                         const ChangeInfo& info, Edit edit) {
  Result<CredentialRecord> record = Show(id, caller);
  if (!record) return record;
  const Result<Digest> digest = parts_.sealer.OpenCredential(*record);
  if (!digest) return std::unexpected(digest.error());
  Result<void> done;
  if (edit(*record)) {
    ++record->version;
    done = parts_.sealer.SealCredential(*record, *digest);
    if (!done) return std::unexpected(done.error());
    done = parts_.ledger.Submit({.record = *record,
                                 .info = info,
                                 .claim = {},
                                 .on_behalf_of = caller.credential(),
                                 .on_behalf_of_session = caller.session});
  } else {
    // It is so already, in the store; say so only when it is in force too.
    done = parts_.ledger.Settle();
  }
  if (!done) return std::unexpected(done.error());
  return record;
}

Result<CredentialRecord> CredentialAuthority::Rename(CredentialId id, std::string_view name,
                                                     const Caller& caller) {
  if (Result<void> named = CheckText("the name", name, kNameSizeMax); !named) {
    return std::unexpected(named.error());
  }
  return Change(id, caller, caller.Info("credential.rename"), [name](CredentialRecord& record) {
    const bool differs = record.name != name;
    record.name = name;
    return differs;
  });
}

Result<CredentialRecord> CredentialAuthority::Revoke(CredentialId id, std::string_view reason,
                                                     const Caller& caller) {
  if (!reason.empty()) {
    if (Result<void> usable = CheckText("the reason", reason, kReasonSizeMax); !usable) {
      return std::unexpected(usable.error());
    }
  }
  const Instant now = parts_.clock.Now();
  bool ended = false;
  Result<CredentialRecord> revoked =
      Change(id, caller, caller.Info("credential.revoke", std::string{reason}),
             [&ended, now, reason](CredentialRecord& record) {
               ended = !record.revoked_at;
               if (!ended) return false;
               record.revoked_at = now;
               record.revoke_reason = reason;
               return true;
             });
  if (revoked && ended && parts_.on_revoked) parts_.on_revoked(*revoked, caller);
  return revoked;
}

Result<CredentialRecord> CredentialAuthority::Show(CredentialId id, const Caller& caller) const {
  Result<Record> found = parts_.store.Find(RecordType::kCredential, id.text());
  if (!found) {
    if (found.error().code == kNotFound) return NoSuchCredential(id);
    return std::unexpected(found.error());
  }
  auto& record = std::get<CredentialRecord>(*found);
  const std::optional<AccountId> owner = caller.owner();
  if (owner && *owner != record.account) return NoSuchCredential(id);
  return std::move(record);
}

Result<std::vector<CredentialRecord>> CredentialAuthority::List(CredentialFilter filter,
                                                                const Caller& caller) const {
  if (const std::optional<AccountId> owner = caller.owner()) filter.account = *owner;
  return parts_.store.ListCredentials(filter);
}

std::string_view StateOf(const CredentialRecord& record, Instant now) {
  if (record.revoked_at) return "revoked";
  if (record.expires_at && now >= *record.expires_at) return "expired";
  return "active";
}

}  // namespace latchkey
