#pragma once

// Who asks, of a resource that both credentials and people use.

#include <memory>
#include <utility>
#include <variant>

#include "api/guard.h"
#include "api/session_guard.h"
#include "authority/caller.h"

namespace latchkey::api {

/// Admitted by the Guard or by the SessionGuard.
class Asker {
 public:
  explicit Asker(Grant grant) : proof_(std::move(grant)) {}
  explicit Asker(LiveSession live) : proof_(std::move(live)) {}

  [[nodiscard]] const Account& account() const {
    if (const Grant* grant = std::get_if<Grant>(&proof_)) return *grant->holder().account;
    return *std::get<LiveSession>(proof_).account;
  }

  [[nodiscard]] bool is_person() const { return std::holds_alternative<LiveSession>(proof_); }

  /// This object outlives the result.
  [[nodiscard]] Caller For(const http::RequestHead& head) const {
    if (const Grant* grant = std::get_if<Grant>(&proof_)) return CallerFor(head, grant->holder());
    return CallerFor(head, std::get<LiveSession>(proof_));
  }

 private:
  std::variant<Grant, LiveSession> proof_;
};

}  // namespace latchkey::api
