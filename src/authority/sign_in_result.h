#pragma once

// What signing in, and changing how one signs in, answers when it does not do it.

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

#include "base/result.h"

namespace latchkey {

struct SignInRefusal {
  enum class Cause : std::uint8_t {
    kSignInFailed,      ///< No such account, wrong password, suspended, no way in: not told which.
    kSecondStepFailed,  ///< A wrong, used or foreign code or passkey.
    kAttemptOver,       ///< The attempt ended, by time or by wrong second steps: begin again.
    kThrottled,         ///< Too many failures; nothing was looked at. See `retry_after`.
    kBusy,              ///< Too many passwords are being looked at. See `retry_after`.
    kWeakPassword,      ///< `error` says what would do.
    kLinkOver,          ///< No such link, or used, ended or expired: not told which.
    kError              ///< `error` as it stands.
  };

  Cause cause;
  std::chrono::seconds retry_after{0};
  Error error;
};

template <typename T>
using SignInResult = std::expected<T, SignInRefusal>;

/// `error` as a refusal that says nothing more.
[[nodiscard]] inline std::unexpected<SignInRefusal> Refuse(Error error) {
  return std::unexpected(SignInRefusal{
      .cause = SignInRefusal::Cause::kError, .retry_after = {}, .error = std::move(error)});
}

}  // namespace latchkey
