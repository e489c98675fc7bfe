#pragma once

#include "authority/change.h"
#include "authority/record.h"
#include "base/result.h"

namespace latchkey {

class Store;

/// Told of every durable change, in order, before it is acknowledged.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void Apply(const Record& record) = 0;

  /// Called after changes that other processes made were applied, by the same thread: memory stands
  /// where `store` stood a moment ago.
  virtual void CaughtUp(const Store& /*store*/) {}

  /// Whether `write` may be made as memory stands, which knows every change before it: its record
  /// must come after the version that memory knows (a change that was made from a row which
  /// somebody put back to an older version must not become the newest), and the credential that
  /// asks must be in force. Called by the ledger's thread. Errors: kConflict, kPermissionDenied,
  /// kAlreadyExists.
  [[nodiscard]] virtual Result<void> CheckNext(const Write& write) const = 0;
};

}  // namespace latchkey
