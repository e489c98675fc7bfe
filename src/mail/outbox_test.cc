#include "mail/outbox.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::mail {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Answers each attempt as the test says, and holds those that it is to hold.
class FakeTransport final : public Transport {
 public:
  using Answer = std::function<Result<void>(int attempt)>;
  explicit FakeTransport(Answer answer) : answer_(std::move(answer)) {}

  Result<void> Send(const Message& message) override {
    std::unique_lock lock{mutex_};
    tried_.push_back(message.to);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return answer_(static_cast<int>(tried_.size()));
  }

  void Hold() {
    const std::lock_guard lock{mutex_};
    open_ = false;
  }
  void Release() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  void AwaitAttempts(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return tried_.size() >= count; });
  }
  std::vector<std::string> tried() {
    const std::lock_guard lock{mutex_};
    return tried_;
  }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  std::vector<std::string> tried_;
};

class Alarms {
 public:
  Outbox::Alarm Hook() {
    return [this](const Error& error) {
      const std::lock_guard lock{mutex_};
      codes_.push_back(error.code);
      changed_.notify_all();
    };
  }
  std::vector<Error::Code> Await(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return codes_.size() >= count; });
    return codes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Error::Code> codes_;
};

Message To(std::string address) {
  return {.to = std::move(address),
          .subject = "s",
          .text = SecretString{"t"},
          .html = SecretString{"h"}};
}

Outbox::Options Quick() {
  return {.queue_max = 3, .attempts_max = 3, .delay_first = 1ms, .delay_max = 2ms};
}

std::unexpected<Error> Later() { return Fail(Error::Code::kUnavailable, "later"); }

TEST(OutboxTest, SendsWhatIsPosted) {
  FakeTransport transport{[](int) { return Result<void>{}; }};
  Outbox outbox{transport, Quick(), nullptr};
  outbox.Post(To("a"));
  outbox.Post(To("b"));
  transport.AwaitAttempts(2);
  EXPECT_THAT(transport.tried(), ElementsAre("a", "b"));
}

TEST(OutboxTest, TriesAgainUntilItIsTaken) {
  FakeTransport transport{[](int attempt) { return attempt < 3 ? Later() : Result<void>{}; }};
  Alarms alarms;
  {
    Outbox outbox{transport, Quick(), alarms.Hook()};
    outbox.Post(To("a"));
    transport.AwaitAttempts(3);
  }
  EXPECT_THAT(transport.tried(), ElementsAre("a", "a", "a"));
  EXPECT_THAT(alarms.Await(0), IsEmpty());
}

TEST(OutboxTest, GivesUpAfterTheLastAttempt) {
  FakeTransport transport{[](int) { return Later(); }};
  Alarms alarms;
  Outbox outbox{transport, Quick(), alarms.Hook()};
  outbox.Post(To("a"));
  EXPECT_THAT(alarms.Await(1), ElementsAre(Error::Code::kUnavailable));
  EXPECT_THAT(transport.tried(), ElementsAre("a", "a", "a"));
  EXPECT_EQ(outbox.counts().dropped, 1U);
  EXPECT_EQ(outbox.counts().waiting, 0U);
}

TEST(OutboxTest, DropsAtOnceWhatWillNeverBeTaken) {
  FakeTransport transport{
      [](int) -> Result<void> { return Fail(Error::Code::kInvalidArgument, "no"); }};
  Alarms alarms;
  Outbox outbox{transport, Quick(), alarms.Hook()};
  outbox.Post(To("a"));
  EXPECT_THAT(alarms.Await(1), ElementsAre(Error::Code::kInvalidArgument));
  EXPECT_THAT(transport.tried(), ElementsAre("a"));
}

TEST(OutboxTest, DropsWhatDoesNotFit) {
  FakeTransport transport{[](int) { return Result<void>{}; }};
  transport.Hold();
  Alarms alarms;
  Outbox outbox{transport, Quick(), alarms.Hook()};
  for (const char* to : {"a", "b", "c", "d"}) outbox.Post(To(to));
  EXPECT_THAT(alarms.Await(1), ElementsAre(Error::Code::kLimitExceeded));
  EXPECT_EQ(outbox.counts().waiting, 3U);
  transport.Release();
  transport.AwaitAttempts(3);
  EXPECT_THAT(transport.tried(), ElementsAre("a", "b", "c"));
}

TEST(OutboxTest, ALetterThatWaitsHoldsUpNoOther) {
  FakeTransport transport{[](int attempt) { return attempt == 1 ? Later() : Result<void>{}; }};
  Outbox::Options options = Quick();
  options.delay_first = options.delay_max = 1h;
  Alarms alarms;
  {
    Outbox outbox{transport, options, alarms.Hook()};
    outbox.Post(To("a"));
    transport.AwaitAttempts(1);
    outbox.Post(To("b"));
    transport.AwaitAttempts(2);
    EXPECT_THAT(transport.tried(), ElementsAre("a", "b"));
  }
  // A stop does not wait for the hour, and says what it left.
  EXPECT_THAT(alarms.Await(1), ElementsAre(Error::Code::kUnavailable));
}

}  // namespace
}  // namespace latchkey::mail
