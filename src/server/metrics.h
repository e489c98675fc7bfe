#pragma once

// What /metrics tells, in Prometheus' text format. Labels have bounded sets of values: no account,
// path or credential.
//
// Thread safety: any number of threads.

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "authority/alarms.h"
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

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace latchkey::server
