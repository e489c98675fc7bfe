#pragma once

// Carries the uses of credentials from the threads that noted them to the store, every few seconds
// and at the end: what a killed process loses is at most that, and what was being written. In a
// thread of the lowest priority, so that requests go first.
//
// Thread safety: Flush() by any thread.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "authority/usage_store.h"
#include "base/result.h"
#include "verify/usage.h"

namespace latchkey::server {

class UsageFlusher {
 public:
  static constexpr std::chrono::seconds kInterval{5};

  /// Begins. `on_failure` is told of a batch that could not be written; it is lost. References
  /// outlive the flusher.
  /// `also`, if there is one, is called each time too: a failure is told of likewise.
  UsageFlusher(UsageRecorder& recorder, UsageStore& store,
               std::function<void(const Error&)> on_failure,
               std::function<Result<void>()> also = {});
  UsageFlusher(const UsageFlusher&) = delete;
  UsageFlusher& operator=(const UsageFlusher&) = delete;
  /// Flushes a last time.
  ~UsageFlusher();

  /// Writes what was noted so far.
  void Flush();

 private:
  void Run();

  UsageRecorder& recorder_;
  UsageStore& store_;
  std::function<void(const Error&)> on_failure_;
  std::function<Result<void>()> also_;
  std::mutex flush_mutex_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey::server
