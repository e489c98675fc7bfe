#pragma once

// What /metrics tells, in Prometheus' text format. Labels have bounded sets of values: no account,
// path or credential.
//
// Thread safety: any number of threads.

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "authority/alarms.h"
#include "authority/sign_in_authority.h"
#include "gate/gatekeeper.h"
#include "http/server.h"
#include "server/log.h"
#include "verify/verifier.h"

namespace latchkey::server {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void CountRequest(const http::AccessRecord& record);
  void CountAlarm(Error::Code code);
  void CountSignIn(const SignInEvent& event);

  /// What is read anew each time that somebody asks.
  struct Gauges {
    std::array<std::uint64_t, kCauseCount + 1> decisions{};
    std::size_t credentials = 0;
    std::size_t refused_records = 0;
    std::uint64_t last_change = 0;
    std::size_t connections = 0;
    bool ledger_healthy = true;
    std::map<std::string, gate::OutcomeCounts> gate;  ///< By app.
    std::size_t gate_connections = 0;
  };
  [[nodiscard]] std::string Render(const Gauges& gauges);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

/// Alarms go to the log, loudly, and to the metrics.
class LoggedAlarms final : public Alarms {
 public:
  LoggedAlarms(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}
  void Raise(const Error& error) override;
  /// The last of them, newest first, for people to look at.
  [[nodiscard]] std::vector<std::string> Recent() const;

 private:
  static constexpr std::size_t kRecentMax = 20;

  Log& log_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::deque<std::string> recent_;
};

}  // namespace latchkey::server
