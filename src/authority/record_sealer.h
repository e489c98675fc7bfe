#pragma once

#include "authority/record.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/sealer.h"

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

  /// The digest of the credential. Errors: kTampered, naming the record.
  [[nodiscard]] Result<Digest> OpenCredential(const CredentialRecord& record) const;
  /// Errors: kTampered, naming the record.
  [[nodiscard]] Result<void> Check(const Record& record) const;
  /// Whether the newest key of the ring sealed it, by what the seal itself says.
  [[nodiscard]] bool IsUnderNewestKey(const Record& record) const;

 private:
  const Sealer& sealer_;
  Random& random_;
};

}  // namespace latchkey
