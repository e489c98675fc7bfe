#pragma once

// Argon2id with a bound on how many run at once, since each takes 64 MiB and a tenth of a second of
// a core.
//
// Thread safety: any number of threads; every function blocks for the time of a hash and of those
// before it in the queue.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

class PasswordChecker {
 public:
  struct Settings {
    std::size_t running_max = 4;
    std::size_t waiting_max = 32;  ///< More than so many in the queue are sent away.
  };

  PasswordChecker() : PasswordChecker(Settings{}) {}
  explicit PasswordChecker(Settings settings) : settings_(settings) {}

  /// Whether `password` gave `hash`. With an empty `hash` the same work is done and the answer is
  /// no. Errors: kLimitExceeded if the queue is full: nothing was looked at.
  [[nodiscard]] Result<bool> Matches(const SecretString& password, std::string_view hash);

  /// Errors: as Matches; as HashPassword.
  [[nodiscard]] Result<std::string> Hash(const SecretString& password);

  /// How many hashes were computed, for either purpose.
  [[nodiscard]] std::uint64_t computed() const;

 private:
  class Turn;

  Settings settings_;
  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t computed_ = 0;
};

}  // namespace latchkey
