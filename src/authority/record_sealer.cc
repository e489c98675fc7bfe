#include "authority/record_sealer.h"

#include <string>
#include <utility>

#include "signin/sign_in_text.h"

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

Result<void> RecordSealer::SealDigest(Seal& seal, const Record& record,
                                      const Digest& digest) const {
  Result<Seal> closed = sealer_.Close(digest, BindingOf(record), random_);
  if (!closed) return std::unexpected(closed.error());
  seal = std::move(*closed);
  return {};
}

Result<Digest> RecordSealer::OpenDigest(const Record& record) const {
  Digest digest{};
  if (!sealer_.Open(SealOf(record), BindingOf(record), digest)) return Tampered(record);
  return digest;
}

Result<void> RecordSealer::SealCredential(CredentialRecord& record, const Digest& digest) const {
  return SealDigest(record.seal, record, digest);
}

Result<void> RecordSealer::SealSignIn(SignInRecord& record, const SignIn& sign_in) const {
  record.account = sign_in.account;
  const SecretString text = FormatSignIn(sign_in);
  Result<Seal> seal = sealer_.Close(AsBytes(text.Expose()), BindingOf(record), random_);
  if (!seal) return std::unexpected(seal.error());
  record.seal = std::move(*seal);
  return {};
}

Result<Digest> RecordSealer::OpenCredential(const CredentialRecord& record) const {
  return OpenDigest(record);
}

Result<SignIn> RecordSealer::OpenSignIn(const SignInRecord& record) const {
  const Result<SecretString> text = sealer_.OpenText(record.seal, BindingOf(record));
  if (!text) return Tampered(record);
  Result<SignIn> sign_in = ParseSignIn(text->Expose());
  if (!sign_in || sign_in->account != record.account) return Tampered(record);
  return sign_in;
}

Result<void> RecordSealer::Check(const Record& record) const {
  const auto outcome = [](const auto& opened) -> Result<void> {
    if (!opened) return std::unexpected(opened.error());
    return {};
  };
  switch (TypeOf(record)) {
    case RecordType::kCredential:
    case RecordType::kSession:
    case RecordType::kLink: return outcome(OpenDigest(record));
    case RecordType::kSignIn: return outcome(OpenSignIn(std::get<SignInRecord>(record)));
    case RecordType::kAccount:
    case RecordType::kWorkspace:
    case RecordType::kMembership:
    case RecordType::kRepository:
    case RecordType::kApp:
    case RecordType::kPolicy: break;
  }
  if (!sealer_.Open(SealOf(record), BindingOf(record), {})) return Tampered(record);
  return {};
}

Result<void> RecordSealer::Advance(CredentialRecord& record) const {
  const Result<Digest> digest = OpenCredential(record);
  if (!digest) return std::unexpected(digest.error());
  ++record.version;
  return SealCredential(record, *digest);
}

Result<void> RecordSealer::Advance(SignInRecord& record) const {
  const Result<SignIn> sign_in = OpenSignIn(record);
  if (!sign_in) return std::unexpected(sign_in.error());
  ++record.version;
  return SealSignIn(record, *sign_in);
}

template <typename T>
Result<void> RecordSealer::Advance(SealedTicket<T>& record) const {
  const Result<Digest> digest = OpenTicket(record);
  if (!digest) return std::unexpected(digest.error());
  ++record.version;
  return SealTicket(record, *digest);
}

template <typename T>
Result<void> RecordSealer::Advance(Sealed<T>& record) const {
  if (Result<void> checked = Check(record); !checked) return checked;
  ++record.version;
  return Authenticate(record);
}

Result<Record> RecordSealer::Reseal(const Record& record) const {
  Record next = record;
  const Result<void> advanced = std::visit([this](auto& one) { return Advance(one); }, next);
  if (!advanced) return std::unexpected(advanced.error());
  return next;
}

bool RecordSealer::IsUnderNewestKey(const Record& record) const {
  return Sealer::KeyNumber(SealOf(record)) == sealer_.keyring().newest();
}

}  // namespace latchkey
