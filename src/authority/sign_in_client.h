#pragma once

#include <string>

#include "authority/caller.h"

namespace latchkey {

/// Who signs in, as the server of the pages saw it.
struct SignInClient {
  std::string address;
  std::string user_agent;  ///< As it was sent. May be empty.
  std::string request_id;
  /// The value of the device cookie; empty: none. A device that signed an account in before is
  /// throttled on its own, so that nobody locks its owner out.
  std::string device;

  /// On behalf of that account.
  [[nodiscard]] Caller As(const std::string& account) const {
    return {.actor = "account:" + account, .origin = address, .request_id = request_id};
  }
};

}  // namespace latchkey
