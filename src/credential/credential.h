#pragma once

// Credentials: the text that a client presents, and the little that this side keeps of it.
//
//     lkat_iiiiiiiiiiissssssssssssssssssssssscccccc      44 characters with the default prefix
//     | |  |          |                     |
//     | |  |          |                     checksum: CRC-32 of all before it, 6 base62 characters
//     | |  |          secret: 131 random bits, 22 base62 characters
//     | |  public id: see credential_id.h
//     | kind: at_ API token, ap_ app password
//     the organisation's prefix: 2 to 8 lower-case letters, a setting
//
// A credential is minted, revealed once, and from then on exists here only as a CredentialId and a
// Digest. docs/credential-format.md decides the text. This file knows no clock, socket or database.
//
// Thread safety: values; distinct objects may be used by distinct threads.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "credential/credential_id.h"
#include "crypto/digest.h"

namespace latchkey {

/// Written in the text, so that a secret scanner knows what it found, and covered by the digest, so
/// that it cannot be swapped.
enum class CredentialKind : std::uint8_t { kApiToken, kAppPassword };

/// `api-token` and `app-password`: in JSON, the store and logs.
[[nodiscard]] std::string_view KindName(CredentialKind kind);
/// `API token` and `app password`: in sentences.
[[nodiscard]] std::string_view KindTitle(CredentialKind kind);
[[nodiscard]] std::optional<CredentialKind> ParseKindName(std::string_view name);

/// The first letters of every credential that an installation mints: `lk` unless set otherwise.
/// Parsing accepts every prefix, so a change of this setting invalidates nothing.
class CredentialPrefix {
 public:
  CredentialPrefix() : text_("lk") {}

  /// Errors: kInvalidArgument: not 2 to 8 lower-case letters, or one that makes a text which
  /// scanners take for Atlassian's and send there to check it (anything that starts with `at`).
  [[nodiscard]] static Result<CredentialPrefix> Parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit CredentialPrefix(std::string_view text) : text_(text) {}
  std::string text_;
};

/// Why a text is not that of a credential. All but the first: unmistakably meant as one.
enum class CredentialFault : std::uint8_t { kNotACredential, kCutShort, kTooLong, kChanged };

/// A sentence, without the text.
[[nodiscard]] std::string_view FaultText(CredentialFault fault);

/// What a text says that was presented, as a view of it: see ClaimOf().
struct CredentialClaim {
  CredentialKind kind;
  CredentialId id;
  std::string_view text;
};

/// Reads kind and id of a text of the right length, and leaves the rest of it unread, so that the
/// id can be asked for meanwhile. Allocates nothing.
[[nodiscard]] std::expected<CredentialClaim, CredentialFault> ClaimOf(
    std::string_view presented) noexcept;

/// Reads the rest: nothing if it is letters and digits whose checksum is right. ClaimOf() and this
/// together accept exactly what Credential::Parse() accepts.
[[nodiscard]] std::optional<CredentialFault> FaultOf(const CredentialClaim& claim) noexcept;

/// A credential in clear. Move-only and not printable: the compiler keeps it out of logs, JSON and
/// stored records. Its secret is wiped on destruction.
class Credential {
 public:
  static constexpr std::size_t kPrefixSizeMax = 8;
  /// Prefix, kind and underscore, id, secret, checksum.
  static constexpr std::size_t kTextSizeMax = kPrefixSizeMax + 3 + CredentialId::kTextSize + 22 + 6;

  /// Draws a fresh one. Errors: as Random::Fill; there is no weaker secret.
  [[nodiscard]] static Result<Credential> Mint(CredentialKind kind, const CredentialPrefix& prefix,
                                               Random& random);

  /// Reads what a client presented. Accepts exactly the texts that Reveal() returns: no surrounding
  /// space, no second spelling, so that no credential ever has two texts. Success says nothing
  /// about whether it is any good; only Verifier::Verify() does.
  ///
  /// Errors:
  ///   kBadChecksum  unmistakably a credential (`lkat_` and then letters and digits alone), but
  ///                 characters are missing, added or changed.
  ///   kMalformed    anything else.
  [[nodiscard]] static Result<Credential> Parse(std::string_view presented);

  [[nodiscard]] CredentialKind kind() const { return kind_; }
  [[nodiscard]] const CredentialId& id() const { return id_; }

  /// SHA-256 of the text: what is sealed into the record, and compared when it is presented again.
  [[nodiscard]] Digest ComputeDigest() const { return Sha256(text_.Expose()); }

  /// The text to show its owner. Consumes the object, for what is shown once is not shown again:
  ///     page.Show(std::move(credential).Reveal());
  [[nodiscard]] SecretText<kTextSizeMax> Reveal() && { return std::move(text_); }

 private:
  Credential(CredentialKind kind, CredentialId id, SecretText<kTextSizeMax> text)
      : kind_(kind), id_(id), text_(std::move(text)) {}

  CredentialKind kind_;
  CredentialId id_;
  SecretText<kTextSizeMax> text_;
};

}  // namespace latchkey
