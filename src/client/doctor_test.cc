#include "client/doctor.h"

#include <gmock/gmock.h>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::client {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Instant kNow = ManualClock::kStart;
constexpr const char* kDate = "Tue, 24 Nov 2026 09:00:00 GMT";

TEST(DoctorTest, ReadsOperations) {
  const Place place = *ParsePlace("https://h");
  const Result<Operation> push = ParseOperation("git push ws/r", place);
  ASSERT_THAT(push, IsOk());
  EXPECT_EQ(push->path, "ws/r.git");
  EXPECT_EQ(push->service, "git-receive-pack");
  EXPECT_EQ(ParseOperation("git clone https://h/ws/r.git", place)->path, "ws/r.git");
  EXPECT_EQ(ParseOperation("git  fetch  /ws/r.git", place)->service, "git-upload-pack");
  EXPECT_EQ(ParseOperation("GET /2.0/user", place)->path, "/2.0/user");
  for (const char* text : {"", "git", "git push", "git frob ws/r", "push ws/r", "GET user",
                           "POST /x", "git push https://elsewhere/ws/r"}) {
    EXPECT_THAT(ParseOperation(text, place), FailsWith(Error::Code::kInvalidArgument)) << text;
  }
}

TEST(DoctorTest, ComparesClocks) {
  EXPECT_EQ(LookAtClock(kDate, kNow)->mark, Mark::kGood);
  EXPECT_EQ(LookAtClock(kDate, kNow + 59s)->mark, Mark::kGood);
  EXPECT_EQ(LookAtClock(kDate, kNow + 60s)->mark, Mark::kWaning);
  const Finding behind = *LookAtClock(kDate, kNow - 300s);
  EXPECT_EQ(behind.mark, Mark::kBad);
  EXPECT_THAT(behind.text, HasSubstr("300 seconds behind"));
  EXPECT_THAT(LookAtClock(kDate, kNow + 400s)->text, HasSubstr("ahead of"));
  for (const char* date : {"", "yesterday", "Tue, 31 Feb 2026 09:00:00 GMT"}) {
    EXPECT_FALSE(LookAtClock(date, kNow)) << date;
  }
}

class OneAnswer final : public Transport {
 public:
  explicit OneAnswer(std::function<std::expected<HttpAnswer, Fault>()> make)
      : make_(std::move(make)) {}
  std::expected<HttpAnswer, Fault> Send(const HttpRequest&) override { return make_(); }

 private:
  std::function<std::expected<HttpAnswer, Fault>()> make_;
};

HttpAnswer Latchkeys() {
  return {.status = 401,
          .date = kDate,
          .content_type = "application/problem+json",
          .body = SecretString{R"({"cause":"unknown"})"}};
}

TEST(DoctorTest, LooksAtAServer) {
  OneAnswer good{[] { return Latchkeys(); }};
  EXPECT_EQ(WorstOf(LookAtServer(good, {"https://h", ""}, kNow)), Mark::kGood);
  const Findings wrong_clock = LookAtServer(good, {"https://h", ""}, kNow + 1h);
  EXPECT_EQ(WorstOf(wrong_clock), Mark::kBad);
  EXPECT_TRUE(WasReached(wrong_clock));
  OneAnswer other{
      [] { return HttpAnswer{.status = 200, .date = {}, .content_type = {}, .body = {}}; }};
  EXPECT_THAT(LookAtServer(other, {"https://h", ""}, kNow).back().text, HasSubstr("not Latchkey"));
  for (const auto& [kind, about] :
       {std::pair{Fault::Kind::kNoSuchHost, "server"}, std::pair{Fault::Kind::kTimeout, "server"},
        std::pair{Fault::Kind::kNoConnection, "server"},
        std::pair{Fault::Kind::kCertificate, "certificate"},
        std::pair{Fault::Kind::kOther, "server"}}) {
    OneAnswer bad{[fault = kind]() -> std::expected<HttpAnswer, Fault> {
      return std::unexpected(Fault{.kind = fault, .text = "why"});
    }};
    const Findings findings = LookAtServer(bad, {"https://h", ""}, kNow);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].about, about);
    EXPECT_EQ(findings[0].mark, Mark::kBad);
    EXPECT_FALSE(findings[0].advice.empty());
    EXPECT_FALSE(WasReached(findings));
  }
}

TEST(DoctorTest, SendsNothingThatIsNoCredential) {
  OneAnswer never{[]() -> std::expected<HttpAnswer, Fault> { std::abort(); }};
  const SecretString secret{"hunter2"};
  const Findings findings = LookAtCredential(
      never, {.server = {"https://h", ""}, .secret = secret, .user = "", .operation = {}}, kNow);
  EXPECT_EQ(WorstOf(findings), Mark::kBad);
}

}  // namespace
}  // namespace latchkey::client
