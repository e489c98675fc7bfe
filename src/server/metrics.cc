#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace latchkey::server {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

std::string DecisionName(std::size_t index) {
  return index == 0 ? "allowed" : std::string{CauseName(static_cast<Cause>(index - 1))};
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  Family<Counter>& requests = prometheus::BuildCounter()
                                  .Name("latchkey_http_requests_total")
                                  .Help("HTTP requests answered, by status.")
                                  .Register(registry);
  Family<Counter>& decisions = prometheus::BuildCounter()
                                   .Name("latchkey_decisions_total")
                                   .Help("Decisions about presented credentials, by outcome.")
                                   .Register(registry);
  Family<Counter>& gate = prometheus::BuildCounter()
                              .Name("latchkey_gate_questions_total")
                              .Help("Questions of proxies to the gate, by app and outcome.")
                              .Register(registry);
  Family<Counter>& sign_ins = prometheus::BuildCounter()
                                  .Name("latchkey_sign_ins_total")
                                  .Help("Steps of signing in, by method and outcome.")
                                  .Register(registry);
  Family<Counter>& alarms = prometheus::BuildCounter()
                                .Name("latchkey_alarms_total")
                                .Help("Alarms raised, by kind. Any is a reason to look at the log.")
                                .Register(registry);
  Histogram& durations = prometheus::BuildHistogram()
                             .Name("latchkey_http_request_duration_seconds")
                             .Help("Time from a request's head to the end of its answer.")
                             .Register(registry)
                             .Add({}, Histogram::BucketBoundaries{0.0005, 0.001, 0.005, 0.01, 0.05,
                                                                  0.1, 0.5, 1, 5, 60});
  Family<Gauge>& gauges_credentials = prometheus::BuildGauge()
                                          .Name("latchkey_credentials")
                                          .Help("Credentials in memory, revoked ones included.")
                                          .Register(registry);
  Family<Gauge>& gauges_refused = prometheus::BuildGauge()
                                      .Name("latchkey_refused_records")
                                      .Help("Records refused because they were tampered with.")
                                      .Register(registry);
  Family<Gauge>& gauges_last_change = prometheus::BuildGauge()
                                          .Name("latchkey_last_change")
                                          .Help("Number of the last change in the journal.")
                                          .Register(registry);
  Family<Gauge>& gauges_connections = prometheus::BuildGauge()
                                          .Name("latchkey_http_connections")
                                          .Help("Open HTTP connections.")
                                          .Register(registry);
  Family<Gauge>& gauges_gate_connections = prometheus::BuildGauge()
                                               .Name("latchkey_gate_connections")
                                               .Help("Open connections of proxies to the gate.")
                                               .Register(registry);
  Family<Gauge>& gauges_healthy = prometheus::BuildGauge()
                                      .Name("latchkey_ledger_healthy")
                                      .Help("0: an outcome was unknown, nothing more is written.")
                                      .Register(registry);
  Gauge& credentials = gauges_credentials.Add({});
  Gauge& refused = gauges_refused.Add({});
  Gauge& last_change = gauges_last_change.Add({});
  Gauge& connections = gauges_connections.Add({});
  Gauge& gate_connections = gauges_gate_connections.Add({});
  Gauge& healthy = gauges_healthy.Add({});

  std::mutex render_mutex;
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  // Present from the start, at zero, so that a rule can compare.
  families_->alarms.Add({{"kind", std::string{CodeName(Error::Code::kTampered)}}});
}

Metrics::~Metrics() = default;

void Metrics::CountRequest(const http::AccessRecord& record) {
  families_->requests.Add({{"status", std::to_string(record.status)}}).Increment();
  families_->durations.Observe(std::chrono::duration<double>(record.duration).count());
}

void Metrics::CountAlarm(Error::Code code) {
  families_->alarms.Add({{"kind", std::string{CodeName(code)}}}).Increment();
}

void Metrics::CountSignIn(const SignInEvent& event) {
  families_->sign_ins
      .Add({{"method", event.method}, {"outcome", std::string{OutcomeName(event.outcome)}}})
      .Increment();
}

std::string Metrics::Render(const Gauges& gauges) {
  const std::scoped_lock lock{families_->render_mutex};
  for (std::size_t i = 0; i < gauges.decisions.size(); ++i) {
    Counter& counter = families_->decisions.Add({{"outcome", DecisionName(i)}});
    counter.Increment(static_cast<double>(gauges.decisions[i]) - counter.Value());
  }
  for (const auto& [app, outcomes] : gauges.gate) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes.at(i) == 0) continue;
      Counter& counter =
          families_->gate.Add({{"app", app}, {"outcome", std::string{gate::OutcomeLabel(i)}}});
      counter.Increment(static_cast<double>(outcomes.at(i)) - counter.Value());
    }
  }
  families_->gate_connections.Set(static_cast<double>(gauges.gate_connections));
  families_->credentials.Set(static_cast<double>(gauges.credentials));
  families_->refused.Set(static_cast<double>(gauges.refused_records));
  families_->last_change.Set(static_cast<double>(gauges.last_change));
  families_->connections.Set(static_cast<double>(gauges.connections));
  families_->healthy.Set(gauges.ledger_healthy ? 1 : 0);
  return prometheus::TextSerializer{}.Serialize(families_->registry.Collect());
}

void LoggedAlarms::Raise(const Error& error) {
  log_.Write(Log::Level::kError, "alarm",
             {{"kind", std::string{CodeName(error.code)}},
              {"message", error.message},
              {"hint", error.hint}});
  metrics_.CountAlarm(error.code);
  const std::scoped_lock lock{mutex_};
  recent_.push_front(error.message);
  if (recent_.size() > kRecentMax) recent_.pop_back();
}

std::vector<std::string> LoggedAlarms::Recent() const {
  const std::scoped_lock lock{mutex_};
  return {recent_.begin(), recent_.end()};
}

}  // namespace latchkey::server
