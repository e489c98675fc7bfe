#include "signin/sign_in.h"

#include <algorithm>

namespace latchkey {

SignIn SignIn::Clone() const {
  SignIn copy{.account = account,
              .password_hash = password_hash,
              .totp = std::nullopt,
              .recovery_codes = recovery_codes,
              .passkeys = passkeys,
              .identities = identities,
              .password_changed_at = password_changed_at,
              .password_stands_alone = password_stands_alone};
  if (totp) {
    copy.totp = TotpEnrolment{.key = SecretString{totp->key.Expose()},
                              .last_step = totp->last_step,
                              .added_at = totp->added_at};
  }
  return copy;
}

std::size_t SignIn::recovery_codes_left() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      recovery_codes, [](const RecoveryCode& code) { return !code.used_at; }));
}

std::string_view PasswordHashOf(const Account& account, const SignIn* sign_in) {
  if (sign_in != nullptr && !sign_in->password_hash.empty()) return sign_in->password_hash;
  return account.password_hash;
}

}  // namespace latchkey
