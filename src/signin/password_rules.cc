#include "signin/password_rules.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "crypto/digest.h"
#include "signin/common_passwords.h"

namespace latchkey {
namespace {

using enum Error::Code;

std::size_t CountCharacters(std::string_view text) {
  // Every character of UTF-8 has exactly one byte that does not continue another.
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    constexpr unsigned kContinuationMask = 0xC0;
    constexpr unsigned kContinuation = 0x80;
    return (static_cast<unsigned char>(c) & kContinuationMask) != kContinuation;
  }));
}

Result<void> CheckSize(std::string_view password, bool has_second_step) {
  const std::size_t least =
      has_second_step ? PasswordRules::kCharactersMinWithSecondStep : PasswordRules::kCharactersMin;
  if (!IsUtf8(password)) return Fail(kInvalidArgument, "the password is not UTF-8 text");
  if (password.size() > PasswordRules::kBytesMax) {
    return Fail(kInvalidArgument, "the password is too long",
                "Use at most " + std::to_string(PasswordRules::kBytesMax) + " bytes.");
  }
  if (CountCharacters(password) >= least) return {};
  return Fail(kInvalidArgument, "the password is too short",
              "Use at least " + std::to_string(least) + " characters; a sentence is fine." +
                  (has_second_step ? "" : " With a second step 8 are enough."));
}

/// Whether it is what everybody knows of the account.
bool IsOwnName(std::string_view password, const Account& account) {
  const std::string_view email = account.email;
  return EqualsIgnoringCase(password, account.username) || EqualsIgnoringCase(password, email) ||
         EqualsIgnoringCase(password, account.display_name) ||
         EqualsIgnoringCase(password, email.substr(0, email.find('@')));
}

}  // namespace

bool PasswordRules::StandsAlone(const SecretString& password) {
  return CountCharacters(password.Expose()) >= kCharactersMin;
}

Result<void> PasswordRules::Check(const SecretString& password, const Account& account,
                                  bool has_second_step) const {
  const std::string_view clear = password.Expose();
  if (Result<void> sized = CheckSize(clear, has_second_step); !sized) return sized;
  if (IsOwnName(clear, account)) {
    return Fail(kInvalidArgument, "the password is the account's own name or e-mail address",
                "Choose one that others would not guess.");
  }
  bool known = IsCommonPassword(clear);
  if (!known && breached != nullptr) {
    const Result<bool> found = breached->Contains(Sha1Hex(clear).Expose());
    if (!found) return std::unexpected(found.error());
    known = *found;
  }
  if (!known) return {};
  return Fail(kInvalidArgument, "the password is one that is known from breaches",
              "Others would try it first. Choose another: three or four words at random are fine.");
}

}  // namespace latchkey
