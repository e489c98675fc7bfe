#pragma once

// The program's log and access log: one JSON object a line, UTC, without secrets.
//
// Whatever looks like a whole credential is masked in the sink, as a last net: nothing should ever
// get that far.
//
// Thread safety: any number of threads.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authority/alarms.h"
#include "base/clock.h"
#include "http/server.h"
#include "server/settings.h"

namespace spdlog {
class logger;  // NOLINT(readability-identifier-naming): its own name
}

namespace latchkey::server {

class Log {
 public:
  enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// Errors: kIo if a file cannot be opened for appending.
  [[nodiscard]] static Result<std::unique_ptr<Log>> Open(const Settings& settings,
                                                         const Clock& clock);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// `event` is a short stable name: `server.started`.
  void Write(Level level, std::string_view event, const Fields& fields = {});
  void WriteAccess(const http::AccessRecord& record);
  /// Whole lines of the access log, many at a time, each with its line break.
  void WriteAccessLines(std::string_view lines);

  /// Opens the files again, for log rotation. Errors: kIo; the old ones stay.
  [[nodiscard]] Result<void> Reopen();
  void Flush();

 private:
  Log(const Settings& settings, const Clock& clock);
  [[nodiscard]] Result<void> OpenSinks();

  std::string log_file_;
  std::string access_log_;
  std::string level_;
  const Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<spdlog::logger> log_;
  std::shared_ptr<spdlog::logger> access_;  // Null: no access log.
};

/// `text` with every credential in it replaced by its prefix and `[masked]`.
[[nodiscard]] std::string MaskCredentials(std::string text);

}  // namespace latchkey::server
