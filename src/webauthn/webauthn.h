#pragma once

// Passkeys: what a browser is asked, and whether its answer is right (Web Authentication Level 3).
//
//     CreationOptions ─> navigator.credentials.create() ─> VerifyRegistration  (§7.1) ─> store
//     RequestOptions  ─> navigator.credentials.get()    ─> ParseAssertion ─> find the passkey by id
//                                                          VerifyAssertion    (§7.2) ─> store count
//
// The caller keeps the Ceremony on the server and uses it once: a challenge that is given away
// before it is compared is what refuses a replay (§13.4.3). In JSON every byte string is unpadded
// base64url; here it is a std::string of raw bytes.
//
// Attestation is asked for as "none". Another statement is accepted and ignored: which make of
// authenticator somebody has is not our business.
//
// No I/O, no clock. Thread safety: functions and values.

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace latchkey::webauthn {

struct RelyingParty {
  std::string id;      ///< The host name: `latchkey.example.org`, `localhost`.
  std::string name;    ///< What the browser shows.
  std::string origin;  ///< Exactly as browsers write it: `https://latchkey.example.org:8443`.
};

/// Of the address that people open. Errors: kInvalidArgument if browsers offer no passkeys there:
/// an IP address, or plain HTTP anywhere but at localhost.
[[nodiscard]] Result<RelyingParty> RelyingPartyOf(std::string_view public_url,
                                                  std::string_view name);

enum class UserVerification : std::uint8_t {
  kPreferred,  ///< A second step: that somebody touched it is enough.
  kRequired,   ///< Signing in with the passkey alone: a PIN or a finger too.
};

/// One question to one browser.
struct Ceremony {
  std::string challenge;  ///< 32 random bytes.
  UserVerification user_verification = UserVerification::kRequired;
  /// An assertion must be by one of these credential ids. Empty: by any.
  std::vector<std::string> allowed = {};
};

/// With a fresh challenge. Errors: of the Random.
[[nodiscard]] Result<Ceremony> BeginCeremony(UserVerification user_verification, Random& random,
                                             std::vector<std::string> allowed = {});

struct User {
  std::string handle;  ///< 1 to 64 bytes that say nothing about the person: the account's id.
  std::string name;    ///< The username.
  std::string display_name;
};

/// A credential that exists already.
struct Descriptor {
  std::string id;
  std::vector<std::string> transports;
};

/// The `publicKey` of navigator.credentials.create(). `existing` keeps one authenticator from being
/// added twice.
[[nodiscard]] nlohmann::ordered_json CreationOptions(const RelyingParty& party,
                                                     const Ceremony& ceremony, const User& user,
                                                     std::span<const Descriptor> existing,
                                                     std::chrono::milliseconds timeout);

/// The `publicKey` of navigator.credentials.get(). `allowed` gives transports; its ids are the
/// ceremony's. Empty: the person picks a passkey.
[[nodiscard]] nlohmann::ordered_json RequestOptions(const RelyingParty& party,
                                                    const Ceremony& ceremony,
                                                    std::span<const Descriptor> allowed,
                                                    std::chrono::milliseconds timeout);

/// What to store of a new passkey.
struct Registration {
  std::string id;  ///< 1 to 1,023 bytes. The caller refuses one that is known (§7.1 step 26).
  std::string public_key;  ///< COSE_Key: ES256, EdDSA (Ed25519) or RS256.
  std::uint32_t sign_count = 0;
  bool user_verified = false;
  bool backup_eligible = false;         ///< Its maker may copy it to other devices.
  bool backed_up = false;               ///< Synchronised by its maker.
  std::vector<std::string> transports;  ///< Known names alone, at most 8.
};

/// `credential` is PublicKeyCredential.toJSON() of the answer: {id, rawId, type, response:
/// {clientDataJSON, attestationObject, transports?}}.
/// Errors: kMalformed for what is not of that form; kLimitExceeded above 16 KiB of attestation
/// object or 4 KiB of client data; kInvalidArgument for an algorithm that was not offered;
/// kPermissionDenied where a step of §7.1 fails. The message says which, for the log.
[[nodiscard]] Result<Registration> VerifyRegistration(const RelyingParty& party,
                                                      const Ceremony& ceremony,
                                                      const nlohmann::json& credential);

/// An answer that was read, and about which nothing is known yet.
struct Assertion {
  std::string id;                          ///< Finds the passkey.
  std::optional<std::string> user_handle;  ///< Given where no ids were asked for.
  std::string authenticator_data;
  std::string client_data;  ///< clientDataJSON, byte for byte.
  std::string signature;
};

/// `credential` is PublicKeyCredential.toJSON(): {id, rawId, type, response: {authenticatorData,
/// clientDataJSON, signature, userHandle?}}. Errors: kMalformed; kLimitExceeded above 4 KiB a part.
[[nodiscard]] Result<Assertion> ParseAssertion(const nlohmann::json& credential);

/// What is stored of the passkey that the assertion names.
struct Known {
  std::string_view id;
  std::string_view public_key;
  std::uint32_t sign_count;
  std::string_view user_handle;  ///< Of the account that it belongs to.
  /// As it was when it was added, which never changes (§6.1.3); nothing: not known.
  std::optional<bool> backup_eligible = {};
};

struct Proof {
  std::uint32_t sign_count = 0;  ///< To be stored.
  bool user_verified = false;
  bool backed_up = false;
};

/// Errors: kPermissionDenied where a step of §7.2 fails; kTampered if only the counter went back or
/// stood still, which a copy of the authenticator would explain (§6.1.1): do not sign in, and say
/// so to the account's owner. kMalformed for authenticator data that cannot be read.
[[nodiscard]] Result<Proof> VerifyAssertion(const RelyingParty& party, const Ceremony& ceremony,
                                            const Known& known, const Assertion& assertion);

}  // namespace latchkey::webauthn
