#pragma once

#include "authority/record.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/sealer.h"
#include "signin/sign_in.h"

namespace latchkey {

/// Seals records and opens them. Thread safety: any number of threads, if `random` allows it.
class RecordSealer {
 public:
  /// Both outlive this object.
  RecordSealer(const Sealer& sealer, Random& random) : sealer_(sealer), random_(random) {}

  /// Sets record.seal from all other fields and, for a credential, its digest.
  /// Errors: as Random::Fill.
  [[nodiscard]] Result<void> SealCredential(CredentialRecord& record, const Digest& digest) const;
  template <typename T>
  [[nodiscard]] Result<void> Authenticate(Sealed<T>& record) const {
    Result<Seal> seal = sealer_.Close({}, BindingOf(record), random_);
    if (!seal) return std::unexpected(seal.error());
    record.seal = std::move(*seal);
    return {};
  }

  /// Sets record.seal from all other fields and the digest of its ticket.
  /// Errors: as Random::Fill.
  template <typename T>
  [[nodiscard]] Result<void> SealTicket(SealedTicket<T>& record, const Digest& digest) const {
    return SealDigest(record.seal, record, digest);
  }
  /// Sets all of `record` but its version, which it is sealed with. Errors: as Random::Fill.
  [[nodiscard]] Result<void> SealSignIn(SignInRecord& record, const SignIn& sign_in) const;

  /// The digest of the credential. Errors: kTampered, naming the record.
  [[nodiscard]] Result<Digest> OpenCredential(const CredentialRecord& record) const;
  /// The digest of the ticket. Errors: kTampered, naming the record.
  template <typename T>
  [[nodiscard]] Result<Digest> OpenTicket(const SealedTicket<T>& record) const {
    return OpenDigest(record);
  }
  /// Errors: kTampered, naming the record; also if what it holds is no sign-in of that account.
  [[nodiscard]] Result<SignIn> OpenSignIn(const SignInRecord& record) const;

  /// The same state as the next version, sealed under the newest key.
  /// Errors: kTampered, naming the record; as Random::Fill.
  [[nodiscard]] Result<Record> Reseal(const Record& record) const;

  /// Errors: kTampered, naming the record.
  [[nodiscard]] Result<void> Check(const Record& record) const;
  /// Whether the newest key of the ring sealed it, by what the seal itself says.
  [[nodiscard]] bool IsUnderNewestKey(const Record& record) const;

 private:
  [[nodiscard]] Result<void> SealDigest(Seal& seal, const Record& record,
                                        const Digest& digest) const;
  [[nodiscard]] Result<Digest> OpenDigest(const Record& record) const;
  // One for each kind of seal: opens `record`, and seals it as its next version.
  [[nodiscard]] Result<void> Advance(CredentialRecord& record) const;
  [[nodiscard]] Result<void> Advance(SignInRecord& record) const;
  template <typename T>
  [[nodiscard]] Result<void> Advance(SealedTicket<T>& record) const;
  template <typename T>
  [[nodiscard]] Result<void> Advance(Sealed<T>& record) const;

  const Sealer& sealer_;
  Random& random_;
};

}  // namespace latchkey
