#pragma once

// An installation with one person, ana, who signs in by password; and what a test of signing in
// does with her.

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/totp.h"
#include "testing/installation/memory_installation.h"

namespace latchkey {

/// As Must(Result), for what a sign-in answers.
template <typename T>
T Must(SignInResult<T> result) {
  if (!result) {
    std::cerr << "a test's set-up failed: " << Describe(result.error().error) << '\n';
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename T>
std::optional<SignInRefusal::Cause> CauseOf(const SignInResult<T>& result) {
  if (result) return std::nullopt;
  return result.error().cause;
}

struct SignInWorld {
  static constexpr const char* kPassword = "correct horse battery";
  inline static const Caller kOperator{.actor = "cli:test", .origin = {}, .request_id = {}};

  Account AddPerson(const std::string& username) {
    NewAccount account;
    account.email = username + "@example.com";
    account.username = username;
    account.password = SecretString{kPassword};
    return Must(latchkey.accounts->CreateAccount(account, kOperator));
  }

  SignInResult<SignInOutcome> Password(std::string_view user, std::string_view password) {
    return latchkey.sign_in->BeginByPassword(user, SecretString{password}, false, client);
  }
  /// A session of ana, who has no second step.
  NewSession SignIn() { return std::get<NewSession>(Must(Password("ana", kPassword))); }
  /// The cookie of an attempt of ana, who has a second step.
  SecretString Attempt() {
    return std::get<PendingAttempt>(Must(Password("ana", kPassword))).cookie;
  }
  SignInResult<NewSession> Finish(std::string_view code) {
    return latchkey.sign_in->FinishByTotp(Attempt().Expose(), code, client);
  }
  NewSession FinishOrDie(std::string_view code) { return Must(Finish(code)); }
  SignInResult<NewSession> FinishByRecoveryCode(std::string_view code) {
    return latchkey.sign_in->FinishByRecoveryCode(Attempt().Expose(), code, client);
  }
  LiveSession Live(const NewSession& session) {
    std::optional<LiveSession> live =
        latchkey.sessions->Find(session.cookie.Expose(), client.address);
    if (!live) std::abort();
    return *std::move(live);
  }

  /// Sets TOTP up for ana and returns her recovery codes.
  std::vector<std::string> AddTotp() {
    const TotpOffer offer = Must(latchkey.factors->OfferTotp(ana.id));
    key_ = SecretString{Base32(offer.key_text.Expose())};
    const RecoveryCodes codes = Must(latchkey.factors->ConfirmTotp(ana.id, Code(), kOperator));
    std::vector<std::string> texts;
    for (const SecretString& code : codes.codes) texts.emplace_back(code.Expose());
    return texts;
  }
  /// What ana's authenticator app shows now.
  std::string Code() {
    return std::string{TotpCode(key_, TotpStepAt(latchkey.clock.Now())).Expose()};
  }

  static Passkey MakePasskey(const std::string& id) {
    Passkey passkey;
    passkey.id = id;
    passkey.public_key = "public key";
    passkey.name = "A key";
    return passkey;
  }
  void AddPasskey(const std::string& id) {
    static_cast<void>(Must(latchkey.factors->AddPasskey(ana.id, MakePasskey(id), kOperator)));
  }

  MemoryInstallation latchkey;
  SignInClient client{.address = "192.0.2.1",
                      .user_agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                      .request_id = "r1",
                      .device = {}};
  Account ana = AddPerson("ana");

 private:
  /// RFC 4648 section 6, without padding.
  static std::string Base32(std::string_view text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned buffer = 0;
    unsigned bits = 0;
    for (const char c : text) {
      buffer = (buffer << 5U) | static_cast<unsigned>(kAlphabet.find(c));
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      bytes += static_cast<char>((buffer >> bits) & 0xFFU);
    }
    return bytes;
  }

  SecretString key_;
};

}  // namespace latchkey
