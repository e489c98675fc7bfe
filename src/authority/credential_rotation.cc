// Rotate() and Retire(): how a token that asks for it is followed by another.
//
// What ties a token to its successors are idempotency claims, which the same transaction writes:
// "rotate ID 1", "rotate ID 2" … name the successors, "retire ID" says that the last of them is in
// use. A client's own key holds no blank, so it is never one of them.

#include <algorithm>
#include <utility>

#include "authority/credential_authority.h"

namespace latchkey {
namespace {

using enum Error::Code;

constexpr std::chrono::days kAfterTheEnd{7};
/// Renewals of one token whose answers were all lost.
constexpr std::uint32_t kSuccessorsMax = 100;
constexpr std::size_t kKeySizeMax = 255;

std::string RotateKey(CredentialId id, std::uint32_t number) {
  return "rotate " + id.text() + " " + std::to_string(number);
}
std::string RetireKey(CredentialId id) { return "retire " + id.text(); }

std::unexpected<Error> AlreadyReplaced(CredentialId id) {
  return Fail(kAlreadyExists, "the API token " + id.text() + " was already renewed",
              "Whoever renewed it has the new one. If that was not you, revoke both.");
}

Result<void> CheckKey(std::string_view key) {
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!key.empty() && key.size() <= kKeySizeMax && printable) return {};
  return Fail(kInvalidArgument, "the renewal has no usable Idempotency-Key",
              "Send 1 to 255 printable ASCII characters without blanks, e.g. a UUID, and the same "
              "again if the answer is lost.");
}

}  // namespace

struct CredentialAuthority::Succession {
  std::uint32_t count = 0;  ///< Successors so far.
  Digest fingerprint{};     ///< Of the newest one's key.
  std::string newest;       ///< Its id.
  bool retired = false;
};

Result<CredentialAuthority::Succession> CredentialAuthority::FindSuccession(
    const CredentialRecord& record) const {
  Succession succession;
  while (succession.count < kSuccessorsMax) {
    Result<std::optional<KnownClaim>> claim =
        parts_.store.FindClaim(record.account, RotateKey(record.id, succession.count + 1));
    if (!claim) return std::unexpected(claim.error());
    if (!*claim) break;
    ++succession.count;
    succession.fingerprint = (*claim)->fingerprint;
    succession.newest = std::move((*claim)->record_key);
  }
  const Result<std::optional<KnownClaim>> retired =
      parts_.store.FindClaim(record.account, RetireKey(record.id));
  if (!retired) return std::unexpected(retired.error());
  succession.retired = retired->has_value();
  return succession;
}

Result<void> CredentialAuthority::EndLost(const Succession& succession, const Caller& caller) {
  const Result<CredentialId> lost = CredentialId::Parse(succession.newest);
  if (!lost) return std::unexpected(lost.error());
  const Result<CredentialRecord> ended =
      Revoke(*lost, "its secret was lost on the way to the client", caller);
  if (!ended) return std::unexpected(ended.error());
  return {};
}

Result<Issued> CredentialAuthority::Rotate(std::string_view key, const Caller& caller) {
  if (Result<void> usable = CheckKey(key); !usable) return std::unexpected(usable.error());
  const Result<CredentialRecord> old = Show(caller.holder->id, caller);
  if (!old) return std::unexpected(old.error());
  if (old->kind != CredentialKind::kApiToken || !old->expires_at) {
    return Fail(kPermissionDenied, "only an API token can renew itself");
  }
  const Result<Succession> succession = FindSuccession(*old);
  if (!succession) return std::unexpected(succession.error());
  const Digest fingerprint = Sha256(key);
  if (succession->count > 0) {
    const bool same = EqualInConstantTime(succession->fingerprint, fingerprint);
    if (!same || succession->retired || succession->count == kSuccessorsMax) {
      return AlreadyReplaced(old->id);
    }
    if (Result<void> ended = EndLost(*succession, caller); !ended) {
      return std::unexpected(ended.error());
    }
  }

  const Policy policy = this->policy();
  const auto life =
      std::clamp(std::chrono::ceil<std::chrono::seconds>(*old->expires_at - old->created_at),
                 policy.token_lifetime_min, policy.token_lifetime_max);
  const Instant now = parts_.clock.Now();
  const IssueRequest request{.kind = old->kind,
                             .account = old->account,
                             .app = old->app,
                             .name = old->name,
                             .grants = old->grants,
                             .expires_at = now + life,
                             .asked_at = now};
  // Its scope is the leave to outlive itself, which nothing else has; so nobody is asked for here.
  Result<CredentialRecord> record = Prepare(request, Caller{});
  if (!record) return std::unexpected(record.error());
  return SubmitNew(*std::move(record), caller,
                   caller.Info("credential.rotate", "replaces " + old->id.text()),
                   IdempotencyClaim{.account = old->account,
                                    .key = RotateKey(old->id, succession->count + 1),
                                    .fingerprint = fingerprint,
                                    .expires_at = *old->expires_at + kAfterTheEnd});
}

Result<CredentialRecord> CredentialAuthority::Retire(CredentialId replaced, const Caller& caller) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    Result<CredentialRecord> record = RetireOnce(replaced, caller);
    if (record) return record;
    const bool again = record.error().code == kConflict || record.error().code == kAlreadyExists;
    if (!again || attempt == kAttempts) return record;
  }
}

Result<CredentialRecord> CredentialAuthority::RetireOnce(CredentialId replaced,
                                                         const Caller& caller) {
  Result<CredentialRecord> record = Show(replaced, caller);
  if (!record) return record;
  const Result<Succession> succession = FindSuccession(*record);
  if (!succession) return std::unexpected(succession.error());
  if (succession->count == 0 || succession->newest != caller.holder->id.text()) {
    return Fail(kNotFound, "the API token that asks does not replace " + replaced.text());
  }
  if (succession->retired) {
    if (Result<void> settled = parts_.ledger.Settle(); !settled) {
      return std::unexpected(settled.error());
    }
    return record;
  }
  const Result<Digest> digest = parts_.sealer.OpenCredential(*record);
  if (!digest) return std::unexpected(digest.error());
  const Instant natural_end = *record->expires_at;
  record->expires_at = std::min<Instant>(natural_end, parts_.clock.Now() + kRotationGrace);
  ++record->version;
  Result<void> done = parts_.sealer.SealCredential(*record, *digest);
  if (!done) return std::unexpected(done.error());
  done = parts_.ledger.Submit(
      {.record = *record,
       .info = caller.Info("credential.retire", "replaced by " + succession->newest),
       .claim = IdempotencyClaim{.account = record->account,
                                 .key = RetireKey(replaced),
                                 .fingerprint = succession->fingerprint,
                                 .expires_at = natural_end + kAfterTheEnd},
       .on_behalf_of = caller.credential(),
       .on_behalf_of_session = caller.session});
  if (!done) return std::unexpected(done.error());
  return record;
}

}  // namespace latchkey
