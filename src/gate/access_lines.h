#pragma once

// Lines for the access log, made without allocation and handed over many at a time.
//
// The same form as the program's other access log lines (one JSON object each), with the event
// `gate.request`. Never a secret: a path that may hold one is masked as the main server's.
//
// Thread safety: one object belongs to one thread; the sink is called by many.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace latchkey::gate {

/// Takes whole lines, each with its line break.
using AccessSink = std::function<void(std::string_view lines)>;

/// Texts need no escape in JSON, but for method, uri and account, which others choose.
struct AccessEntry {
  Instant now;
  std::string_view client;
  std::string_view app;
  std::string_view dialect;
  std::string_view method;  ///< "-" when the question could not be read.
  std::string_view uri;
  int status = 0;
  std::string_view outcome;
  std::string_view account;
  std::string_view credential;
  std::string_view request_id;
};

class AccessLines {
 public:
  /// An empty sink: nothing is noted.
  explicit AccessLines(AccessSink sink) : sink_(std::move(sink)) {}
  AccessLines(const AccessLines&) = delete;
  AccessLines& operator=(const AccessLines&) = delete;
  ~AccessLines() { Flush(); }

  void Note(const AccessEntry& entry);
  /// Hands over what there is, if it is much, or older than a fifth of a second, or `at_once`.
  void Settle(std::chrono::steady_clock::time_point now, bool at_once);

 private:
  void Flush();
  [[nodiscard]] std::string_view FormatTime(Instant now);
  void Append(const AccessEntry& entry, std::string_view path);

  AccessSink sink_;
  std::string lines_;
  std::chrono::steady_clock::time_point oldest_{};
  bool waiting_ = false;
  // The last time, formatted: only its milliseconds change within a second.
  std::chrono::seconds second_{-1};
  std::string time_text_;
};

}  // namespace latchkey::gate
