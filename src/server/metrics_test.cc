#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

using testing::HasSubstr;

TEST(MetricsTest, TellsRequestsDecisionsAndAlarms) {
  Metrics metrics;
  http::AccessRecord record;
  record.status = 403;
  metrics.CountRequest(record);
  metrics.CountAlarm(Error::Code::kTampered);
  Metrics::Gauges gauges;
  gauges.credentials = 7;
  gauges.decisions[0] = 5;
  gauges.decisions[1 + static_cast<std::size_t>(Cause::kRevoked)] = 2;
  for (int i = 0; i < 2; ++i) {
    const std::string text = metrics.Render(gauges);
    EXPECT_THAT(text, HasSubstr("latchkey_http_requests_total{status=\"403\"} 1"));
    EXPECT_THAT(text, HasSubstr("latchkey_alarms_total{kind=\"tampered\"} 1"));
    EXPECT_THAT(text, HasSubstr("latchkey_decisions_total{outcome=\"allowed\"} 5"));
    EXPECT_THAT(text, HasSubstr("latchkey_decisions_total{outcome=\"revoked\"} 2"));
    EXPECT_THAT(text, HasSubstr("latchkey_credentials 7"));
  }
}

TEST(MetricsTest, CountsSignInsWithoutWhose) {
  Metrics metrics;
  metrics.CountSignIn({.outcome = SignInEvent::Outcome::kThrottled,
                       .method = "password",
                       .account = "0123456789abcdef0123456789abcdef",
                       .address = "192.0.2.1",
                       .request_id = "r"});
  const std::string text = metrics.Render({});
  EXPECT_THAT(text,
              HasSubstr("latchkey_sign_ins_total{method=\"password\",outcome=\"throttled\"} 1"));
  EXPECT_THAT(text, testing::Not(HasSubstr("0123456789abcdef")));
  EXPECT_THAT(text, testing::Not(HasSubstr("192.0.2.1")));
}

TEST(MetricsTest, AlarmsAreThereFromTheStartAtZero) {
  EXPECT_THAT(Metrics{}.Render({}), HasSubstr("latchkey_alarms_total{kind=\"tampered\"} 0"));
}

}  // namespace
}  // namespace latchkey::server
