#include "client_io/sealed_box.h"

#include <span>

#include "crypto/base64.h"

namespace latchkey::client {
namespace {

AssociatedData DataOf(const Login& login) {
  AssociatedData data;
  data.Add("latchkey-login").Add(login.url).Add(login.server).Add(login.ca_file);
  return data;
}

}  // namespace

Result<std::string> SealedBox::Put(const Login& login, const SecretString& secret) {
  const std::string_view text = secret.Expose();
  const Result<Seal> seal =
      sealer_.Close(std::as_bytes(std::span{text.data(), text.size()}), DataOf(login), random_);
  if (!seal) return std::unexpected(seal.error());
  const SecretString encoded =
      EncodeBase64({reinterpret_cast<const char*>(seal->data()), seal->size()});
  return std::string{encoded.Expose()};
}

Result<SecretString> SealedBox::Take(const Login& login) {
  const Result<SecretString> bytes = DecodeBase64(login.sealed);
  if (!bytes) return std::unexpected(bytes.error());
  const auto raw = std::as_bytes(std::span{bytes->Expose().data(), bytes->size()});
  Result<SecretString> secret = sealer_.OpenText(Seal{raw.begin(), raw.end()}, DataOf(login));
  if (secret) return secret;
  return Fail(Error::Code::kTampered, "the stored secret of " + login.url + " does not open",
              "The passphrase is another one, or the file was changed. If it stays so, log in "
              "again: latchkey login " +
                  login.url);
}

Result<void> SealedBox::Forget(const Login& /*login*/) { return {}; }

}  // namespace latchkey::client
