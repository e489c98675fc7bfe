#include "signin/sign_in_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

constexpr std::string_view kForm = "latchkey sign-in 2";
/// Without what is known of passkeys' backups and of the password's length.
constexpr std::string_view kFirstForm = "latchkey sign-in 1";
constexpr std::size_t kNumberSize = 8;

class Writer {
 public:
  /// With a capacity that is known before, no copy is left behind when it grows.
  explicit Writer(std::size_t capacity) { text_.reserve(capacity); }

  void Text(std::string_view field) {
    Bytes(field.size());
    text_ += field;
  }
  void Number(std::uint64_t number) {
    Bytes(kNumberSize);
    Bytes(number);
  }
  void Time(Instant instant) {
    Number(static_cast<std::uint64_t>(instant.time_since_epoch().count()));
  }
  void OptionalTime(const std::optional<Instant>& instant) {
    Number(std::uint64_t{instant.has_value()});
    if (instant) Time(*instant);
  }
  void OptionalFlag(const std::optional<bool>& flag) {
    Number(flag ? 1U + std::uint64_t{*flag} : 0U);
  }
  void Blob(const Digest& digest) {
    Text({reinterpret_cast<const char*>(digest.data()), digest.size()});
  }

  SecretString Take() { return SecretString{std::move(text_)}; }

 private:
  void Bytes(std::uint64_t number) {
    for (std::size_t shift = 8 * kNumberSize; shift > 0; shift -= 8) {
      text_.push_back(static_cast<char>((number >> (shift - 8)) & 0xFFU));
    }
  }

  std::string text_;
};

/// Reads what Writer wrote. Once something is not what it should be, everything is empty.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

  std::string_view Text() {
    const std::uint64_t size = Bytes();
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  std::uint64_t Number() {
    if (Bytes() != kNumberSize) ok_ = false;
    return Bytes();
  }
  Instant Time() { return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(Number())}}; }
  bool Flag() {
    const std::uint64_t number = Number();
    if (number > 1) ok_ = false;
    return ok_ && number == 1;
  }
  std::optional<bool> OptionalFlag() {
    const std::uint64_t number = Number();
    if (number > 2) ok_ = false;
    if (!ok_ || number == 0) return std::nullopt;
    return number == 2;
  }
  std::optional<Instant> OptionalTime() {
    if (!Flag()) return std::nullopt;
    return Time();
  }
  Digest Blob() {
    const std::string_view text = Text();
    Digest digest{};
    if (text.size() != digest.size()) {
      ok_ = false;
      return digest;
    }
    std::ranges::copy(AsBytes(text), digest.begin());
    return digest;
  }
  /// Each element has a byte at least, so that a made-up size ends with the text.
  template <typename Element>
  auto List(Element element) {
    std::vector<decltype(element())> list;
    for (std::uint64_t left = Number(); ok_ && left > 0; --left) list.push_back(element());
    return list;
  }

 private:
  std::uint64_t Bytes() {
    if (!ok_ || rest_.size() < kNumberSize) {
      ok_ = false;
      return 0;
    }
    std::uint64_t number = 0;
    for (const char byte : rest_.substr(0, kNumberSize)) {
      number = (number << 8U) | static_cast<unsigned char>(byte);
    }
    rest_.remove_prefix(kNumberSize);
    return number;
  }

  std::string_view rest_;
  bool ok_ = true;
};

void Write(Writer& writer, const TotpEnrolment& totp) {
  writer.Text(totp.key.Expose());
  writer.Number(static_cast<std::uint64_t>(totp.last_step));
  writer.Time(totp.added_at);
}

void Write(Writer& writer, const RecoveryCode& code) {
  writer.Blob(code.digest);
  writer.OptionalTime(code.used_at);
}

void Write(Writer& writer, const Passkey& passkey) {
  writer.Text(passkey.id);
  writer.Text(passkey.public_key);
  writer.Number(passkey.sign_count);
  writer.Text(passkey.name);
  writer.Time(passkey.added_at);
  writer.OptionalTime(passkey.last_used_at);
  writer.Number(std::uint64_t{passkey.user_verified});
  writer.OptionalFlag(passkey.backup_eligible);
  writer.Number(passkey.transports.size());
  for (const std::string& transport : passkey.transports) writer.Text(transport);
}

void Write(Writer& writer, const ExternalIdentity& identity) {
  writer.Text(identity.issuer);
  writer.Text(identity.subject);
  writer.Time(identity.added_at);
}

template <typename T>
void WriteList(Writer& writer, const std::vector<T>& list) {
  writer.Number(list.size());
  for (const T& one : list) Write(writer, one);
}

// A braced list of initialisers is evaluated from left to right, which is the order of the text.

TotpEnrolment ReadTotp(Reader& reader) {
  return {.key = SecretString{reader.Text()},
          .last_step = static_cast<std::int64_t>(reader.Number()),
          .added_at = reader.Time()};
}

RecoveryCode ReadRecoveryCode(Reader& reader) {
  return {.digest = reader.Blob(), .used_at = reader.OptionalTime()};
}

std::uint32_t ReadCount(Reader& reader) {
  const std::uint64_t number = reader.Number();
  if (number > UINT32_MAX) reader.Fail();
  return static_cast<std::uint32_t>(number);
}

Passkey ReadPasskey(Reader& reader, bool first_form) {
  return {.id = std::string{reader.Text()},
          .public_key = std::string{reader.Text()},
          .sign_count = ReadCount(reader),
          .name = std::string{reader.Text()},
          .added_at = reader.Time(),
          .last_used_at = reader.OptionalTime(),
          .user_verified = reader.Flag(),
          .backup_eligible = first_form ? std::nullopt : reader.OptionalFlag(),
          .transports = reader.List([&reader] { return std::string{reader.Text()}; })};
}

ExternalIdentity ReadIdentity(Reader& reader) {
  return {.issuer = std::string{reader.Text()},
          .subject = std::string{reader.Text()},
          .added_at = reader.Time()};
}

std::optional<TotpEnrolment> ReadOptionalTotp(Reader& reader) {
  if (!reader.Flag()) return std::nullopt;
  return ReadTotp(reader);
}

/// No field is longer in the text than this for each of its parts.
std::size_t SizeOf(const SignIn& sign_in) {
  constexpr std::size_t kPerPart = 256;
  std::size_t size = 4 * kPerPart + sign_in.account.size() + sign_in.password_hash.size();
  size += kPerPart * sign_in.recovery_codes.size();
  for (const Passkey& passkey : sign_in.passkeys) {
    size += kPerPart + passkey.id.size() + passkey.public_key.size() + passkey.name.size();
    for (const std::string& transport : passkey.transports) size += kPerPart + transport.size();
  }
  for (const ExternalIdentity& identity : sign_in.identities) {
    size += kPerPart + identity.issuer.size() + identity.subject.size();
  }
  return size + (sign_in.totp ? sign_in.totp->key.size() : 0);
}

}  // namespace

SecretString FormatSignIn(const SignIn& sign_in) {
  Writer writer{SizeOf(sign_in)};
  writer.Text(kForm);
  writer.Text(sign_in.account);
  writer.Text(sign_in.password_hash);
  writer.Number(std::uint64_t{sign_in.totp.has_value()});
  if (sign_in.totp) Write(writer, *sign_in.totp);
  WriteList(writer, sign_in.recovery_codes);
  WriteList(writer, sign_in.passkeys);
  WriteList(writer, sign_in.identities);
  writer.Time(sign_in.password_changed_at);
  writer.Number(std::uint64_t{sign_in.password_stands_alone});
  return writer.Take();
}

Result<SignIn> ParseSignIn(std::string_view text) {
  Reader reader{text};
  const std::string_view form = reader.Text();
  const bool first_form = form == kFirstForm;
  if (form != kForm && !first_form) {
    return Fail(Error::Code::kMalformed, "not the sign-in of an account as this program writes it");
  }
  SignIn sign_in{.account = std::string{reader.Text()},
                 .password_hash = std::string{reader.Text()},
                 .totp = ReadOptionalTotp(reader),
                 .recovery_codes = reader.List([&reader] { return ReadRecoveryCode(reader); }),
                 .passkeys = reader.List([&] { return ReadPasskey(reader, first_form); }),
                 .identities = reader.List([&reader] { return ReadIdentity(reader); }),
                 .password_changed_at = reader.Time()};
  // What is not known of a password that has a second step beside it counts as short.
  sign_in.password_stands_alone = first_form ? !sign_in.has_second_step() : reader.Flag();
  if (!reader.done()) {
    return Fail(Error::Code::kMalformed, "the sign-in of an account is cut or has more than it");
  }
  return sign_in;
}

}  // namespace latchkey
