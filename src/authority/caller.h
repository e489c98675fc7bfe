#pragma once

#include <optional>
#include <string>

#include "authority/change.h"
#include "verify/verdict.h"

namespace latchkey {

/// On whose behalf something is changed.
struct Caller {
  std::string actor;  ///< See ChangeInfo.
  std::string origin;
  std::string request_id;
  /// The credential that asks, if it is one: what it makes can hold no more and last no longer than
  /// itself, and it sees its own account's credentials only. Null for people, and for the command
  /// line, which may do everything.
  const Holder* holder = nullptr;
  /// The account that asks through its pages, for itself: it sees its own credentials only. Without
  /// a holder and without this, the caller answers for everybody's: an operator.
  std::optional<AccountId> account = {};

  /// The id of the session that asks, if it is one; for Write::on_behalf_of_session.
  std::string session = {};

  /// Whose credentials the caller may see and change; nothing: everybody's.
  [[nodiscard]] std::optional<AccountId> owner() const {
    if (holder != nullptr) return holder->account->id;
    return account;
  }

  /// For Write::on_behalf_of.
  [[nodiscard]] std::optional<CredentialId> credential() const {
    if (holder == nullptr) return std::nullopt;
    return holder->id;
  }

  [[nodiscard]] ChangeInfo Info(std::string action, std::string note = {}) const {
    return {.action = std::move(action),
            .actor = actor,
            .origin = origin,
            .request_id = request_id,
            .note = std::move(note)};
  }
};

}  // namespace latchkey
