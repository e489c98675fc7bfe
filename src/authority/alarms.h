#pragma once

#include "base/result.h"

namespace latchkey {

/// Told of what an operator must look at: it goes into the log and the metrics, loudly.
///
/// Thread safety: any number of threads.
class Alarms {
 public:
  virtual ~Alarms() = default;
  virtual void Raise(const Error& error) = 0;
};

}  // namespace latchkey
