#pragma once

#include "base/result.h"
#include "mail/message.h"

namespace latchkey::mail {

/// Hands a letter on. The real one is smtp_transport.h.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Blocks until the next server took it, or a time limit.
  /// Errors: kUnavailable if a later attempt may succeed; any other code if none will.
  [[nodiscard]] virtual Result<void> Send(const Message& message) = 0;
};

}  // namespace latchkey::mail
