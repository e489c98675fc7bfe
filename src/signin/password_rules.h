#pragma once

// What a new password must be (NIST SP 800-63B-4 section 3.1.1.2): long enough, and none that
// others would try first. No rules of composition, and no ageing.

#include <string_view>

#include "account/account.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// A list of passwords that breaches made known: the adapter reads the file of the setting
/// `breached_passwords`.
class BreachedPasswords {
 public:
  virtual ~BreachedPasswords() = default;
  /// `sha1` in 40 upper-case hexadecimal digits. Errors: kIo.
  [[nodiscard]] virtual Result<bool> Contains(std::string_view sha1) const = 0;
};

struct PasswordRules {
  static constexpr std::size_t kCharactersMin = 15;               ///< Where it is the only step.
  static constexpr std::size_t kCharactersMinWithSecondStep = 8;  ///< Where it is not.
  static constexpr std::size_t kBytesMax = 1024;

  const BreachedPasswords* breached = nullptr;  ///< Null: the list that is part of the program.

  /// Errors: kInvalidArgument, saying what would do; as BreachedPasswords::Contains.
  [[nodiscard]] Result<void> Check(const SecretString& password, const Account& account,
                                   bool has_second_step) const;

  /// Whether it is long enough where it is the only step.
  [[nodiscard]] static bool StandsAlone(const SecretString& password);
};

}  // namespace latchkey
