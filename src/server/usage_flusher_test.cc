#include "server/usage_flusher.h"

#include <gmock/gmock.h>

#include "store/memory/memory_usage_store.h"
#include "testing/matchers.h"

namespace latchkey::server {
namespace {

constexpr CredentialId kId{7};
constexpr Instant kNow{std::chrono::milliseconds{1'795'510'800'000}};

class FullStore final : public UsageStore {
 public:
  Result<void> Add(std::span<const CredentialUse> /*uses*/) override {
    return Fail(Error::Code::kNoSpace, "full");
  }
  Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> /*ids*/) const override {
    return std::map<CredentialId, UsageSummary>{};
  }
};

TEST(UsageFlusherTest, WritesWhenAskedAndAtTheEnd) {
  UsageRecorder recorder;
  MemoryUsageStore store;
  const std::vector<CredentialId> ids{kId};
  {
    UsageFlusher flusher{recorder, store, [](const Error&) { ADD_FAILURE(); }};
    recorder.Note(kId, kNow, "192.0.2.1", "git");
    flusher.Flush();
    EXPECT_EQ(store.Find(ids)->at(kId).count, 1U);
    recorder.Note(kId, kNow, "192.0.2.1", "git");
  }
  EXPECT_EQ(store.Find(ids)->at(kId).count, 2U);
}

TEST(UsageFlusherTest, KeepsNoSecretAndNoControlCharacter) {
  UsageRecorder recorder;
  MemoryUsageStore store;
  {
    UsageFlusher flusher{recorder, store, [](const Error&) { ADD_FAILURE(); }};
    recorder.Note(kId, kNow, "192.0.2.1",
                  "curl \x1b[31m lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN");
  }
  const std::vector<CredentialId> ids{kId};
  EXPECT_EQ(store.Find(ids)->at(kId).user_agent, "curl \\x1b[31m lkat_***");
}

TEST(UsageFlusherTest, TellsOfWhatCouldNotBeWritten) {
  UsageRecorder recorder;
  FullStore store;
  int told = 0;
  {
    UsageFlusher flusher{recorder, store, [&told](const Error&) { ++told; }};
    flusher.Flush();
    EXPECT_EQ(told, 0) << "nothing was used";
    recorder.Note(kId, kNow, "", "");
    flusher.Flush();
    EXPECT_EQ(told, 1);
  }
  EXPECT_EQ(told, 1);
}

TEST(UsageFlusherTest, WritesDownWhatElseThereIsEachTimeAndAtTheEnd) {
  UsageRecorder recorder;
  MemoryUsageStore store;
  int written = 0;
  std::vector<Error> failures;
  {
    UsageFlusher flusher{recorder, store, [&](const Error& error) { failures.push_back(error); },
                         [&]() -> Result<void> {
                           if (++written == 1) return {};
                           return Fail(Error::Code::kIo, "no more");
                         }};
    flusher.Flush();
    EXPECT_EQ(written, 1);
    EXPECT_TRUE(failures.empty());
  }
  EXPECT_EQ(written, 2);
  EXPECT_EQ(failures.size(), 1U);
}

}  // namespace
}  // namespace latchkey::server
