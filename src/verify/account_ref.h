#pragma once

#include <atomic>

#include "account/account.h"

namespace latchkey {

/// Where the newest state of an account is found, read when it is asked for: who only wants a
/// decision does not pay for a look at it. Good while the guard lives under which it was made; two
/// looks may see two states.
class AccountRef {
 public:
  using Place = std::atomic<const Account*>;

  /// `place` holds an account, and does so for ever.
  explicit AccountRef(const Place& place) : place_(&place) {}

  [[nodiscard]] const Account& operator*() const noexcept {
    return *place_->load(std::memory_order_acquire);
  }
  [[nodiscard]] const Account* operator->() const noexcept { return &**this; }

 private:
  const Place* place_;
};

}  // namespace latchkey
