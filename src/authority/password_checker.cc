#include "authority/password_checker.h"

#include "crypto/password.h"

namespace latchkey {
namespace {

/// Of a password that nobody knows, at the cost that HashPassword has; password_checker_test.cc
/// compares.
constexpr const char* kNobodysHash =
    "$argon2id$v=19$m=65536,t=2,p=1$DUFX0Jl9hsvgD/BA/"
    "Q3dnQ$gFZMVq2PMbEUDhl6N4wPDkcehfmcfX0UAdEf8kYNCeg";

}  // namespace

/// One of those that may run. Waits for it; not granted if too many wait already.
class PasswordChecker::Turn {
 public:
  explicit Turn(PasswordChecker& checker) : checker_(checker) {
    std::unique_lock lock{checker_.mutex_};
    const bool full = checker_.running_ >= checker_.settings_.running_max;
    if (full && checker_.waiting_ >= checker_.settings_.waiting_max) return;
    ++checker_.waiting_;
    checker_.free_.wait(lock,
                        [this] { return checker_.running_ < checker_.settings_.running_max; });
    --checker_.waiting_;
    ++checker_.running_;
    ++checker_.computed_;
    granted_ = true;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!granted_) return;
    {
      const std::scoped_lock lock{checker_.mutex_};
      --checker_.running_;
    }
    checker_.free_.notify_one();
  }

  [[nodiscard]] Result<void> outcome() const {
    if (granted_) return {};
    return Fail(Error::Code::kLimitExceeded, "too many passwords are being looked at",
                "Try again in a moment.");
  }

 private:
  PasswordChecker& checker_;
  bool granted_ = false;
};

Result<bool> PasswordChecker::Matches(const SecretString& password, std::string_view hash) {
  const Turn turn{*this};
  if (Result<void> granted = turn.outcome(); !granted) return std::unexpected(granted.error());
  const bool matches = MatchesPassword(password, hash.empty() ? kNobodysHash : std::string{hash});
  return matches && !hash.empty();
}

Result<std::string> PasswordChecker::Hash(const SecretString& password) {
  const Turn turn{*this};
  if (Result<void> granted = turn.outcome(); !granted) return std::unexpected(granted.error());
  return HashPassword(password);
}

std::uint64_t PasswordChecker::computed() const {
  const std::scoped_lock lock{mutex_};
  return computed_;
}

}  // namespace latchkey
