#include "client_io/local_boxes.h"

#include <array>
#include <utility>

#include "client_io/book_file.h"
#include "client_io/keyring_box.h"
#include "client_io/sealed_box.h"
#include "crypto/base64.h"
#include "crypto/derived_key.h"
#include "crypto/keyring.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

constexpr std::size_t kPassphraseSizeMin = 8;

/// Without the line break that ended it.
SecretString Typed(const SecretString& text) {
  std::string_view line = text.Expose();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return SecretString{line};
}

}  // namespace

bool LocalBoxes::HasKeyring() { return KeyringBox::Connect().has_value(); }

Result<std::unique_ptr<SecretBox>> LocalBoxes::OpenWithKeyFile() {
  const Result<SecretString> text = ReadPrivateFile(KeyPath());
  if (!text) return std::unexpected(text.error());
  Result<Keyring> keyring = Keyring::Parse(text->Expose());
  if (!keyring) {
    return Fail(kMalformed, KeyPath() + " is not of its documented form",
                "Log in again after moving it and logins.json away.");
  }
  return std::make_unique<SealedBox>(Sealer{*std::move(keyring)}, parts_.random);
}

Result<std::unique_ptr<SecretBox>> LocalBoxes::Unlock(const SecretString& passphrase,
                                                      std::string_view salt) {
  Result<SecretKey> key = DeriveKey(passphrase, salt);
  if (!key) return std::unexpected(key.error());
  return std::make_unique<SealedBox>(Sealer{Keyring::OfDerivedKey(*std::move(key))}, parts_.random);
}

Result<std::unique_ptr<SecretBox>> LocalBoxes::OpenWithPassphrase(const LoginBook& book) {
  const Result<SecretString> salt = DecodeBase64(book.salt);
  if (!salt) return std::unexpected(salt.error());
  const Result<SecretString> typed = parts_.ask("Passphrase of Latchkey's logins: ");
  if (!typed) return std::unexpected(typed.error());
  return Unlock(Typed(*typed), salt->Expose());
}

Result<std::unique_ptr<SecretBox>> LocalBoxes::Open(const LoginBook& book) {
  if (book.store == StoreKind::kFile) {
    return book.unlock == UnlockKind::kKeyFile ? OpenWithKeyFile() : OpenWithPassphrase(book);
  }
  Result<std::unique_ptr<KeyringBox>> box = KeyringBox::Connect();
  if (!box) return std::unexpected(box.error());
  return std::move(*box);
}

Result<SecretString> LocalBoxes::AskForNewPassphrase() const {
  const Result<SecretString> first = parts_.ask("New passphrase for Latchkey's logins: ");
  if (!first) return std::unexpected(first.error());
  const Result<SecretString> second = parts_.ask("The same again: ");
  if (!second) return std::unexpected(second.error());
  SecretString passphrase = Typed(*first);
  if (passphrase.Expose() != Typed(*second).Expose()) {
    return Fail(kInvalidArgument, "the two passphrases differ");
  }
  if (passphrase.size() < kPassphraseSizeMin) {
    return Fail(kInvalidArgument, "the passphrase is too short",
                "It must have at least 8 characters.");
  }
  return passphrase;
}

Result<std::unique_ptr<SecretBox>> LocalBoxes::Make(LoginBook& book, StoreKind store,
                                                    UnlockKind unlock) {
  book.store = store;
  book.unlock = unlock;
  book.salt.clear();
  if (store == StoreKind::kKeyring) return Open(book);
  if (Result<void> made = MakePrivateDirectory(parts_.directory); !made) {
    return std::unexpected(made.error());
  }
  if (unlock == UnlockKind::kPassphrase) {
    const Result<SecretString> passphrase = AskForNewPassphrase();
    if (!passphrase) return std::unexpected(passphrase.error());
    std::array<char, kSaltSize> salt{};
    if (Result<void> drawn = parts_.random.Fill(std::as_writable_bytes(std::span{salt})); !drawn) {
      return std::unexpected(drawn.error());
    }
    book.salt = std::string{EncodeBase64({salt.data(), salt.size()}).Expose()};
    return Unlock(*passphrase, {salt.data(), salt.size()});
  }
  Result<std::unique_ptr<SecretBox>> known = OpenWithKeyFile();
  if (known || known.error().code != kNotFound) return known;
  const Result<Keyring> keyring = Keyring::Generate(parts_.random, parts_.clock.Now());
  if (!keyring) return std::unexpected(keyring.error());
  if (Result<void> written = WritePrivateFile(KeyPath(), keyring->Format().Expose()); !written) {
    return std::unexpected(written.error());
  }
  return OpenWithKeyFile();
}

}  // namespace latchkey::client
