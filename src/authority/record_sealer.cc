#include "authority/record_sealer.h"

#include <string>

namespace latchkey {
namespace {

std::unexpected<Error> Tampered(const Record& record) {
  return Fail(Error::Code::kTampered,
              std::string{TypeName(TypeOf(record))} + " " + KeyOf(record) +
                  " was changed outside Latchkey: its seal does not open",
              "It is refused until an administrator replaces it. docs/operating.md, \"Alarms\".");
}

const Seal& SealOf(const Record& record) {
  return std::visit([](const auto& one) -> const Seal& { return one.seal; }, record);
}

}  // namespace

Result<void> RecordSealer::SealCredential(CredentialRecord& record, const Digest& digest) const {
  Result<Seal> seal = sealer_.Close(digest, BindingOf(record), random_);
  if (!seal) return std::unexpected(seal.error());
  record.seal = std::move(*seal);
  return {};
}

Result<Digest> RecordSealer::OpenCredential(const CredentialRecord& record) const {
  Digest digest{};
  if (!sealer_.Open(record.seal, BindingOf(record), digest)) return Tampered(record);
  return digest;
}

Result<void> RecordSealer::Check(const Record& record) const {
  if (const auto* credential = std::get_if<CredentialRecord>(&record)) {
    const Result<Digest> digest = OpenCredential(*credential);
    if (!digest) return std::unexpected(digest.error());
    return {};
  }
  if (!sealer_.Open(SealOf(record), BindingOf(record), {})) return Tampered(record);
  return {};
}

bool RecordSealer::IsUnderNewestKey(const Record& record) const {
  return Sealer::KeyNumber(SealOf(record)) == sealer_.keyring().newest();
}

}  // namespace latchkey
