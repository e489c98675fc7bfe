#include "authority/password_checker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "crypto/system_random.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

class PasswordCheckerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(InitializeCrypto(), IsOk()); }
};

TEST_F(PasswordCheckerTest, MatchesTheOneThatWasHashedAndNoOther) {
  PasswordChecker checker;
  const Result<std::string> hash = checker.Hash(SecretString{"correct horse battery"});
  ASSERT_THAT(hash, IsOk());
  EXPECT_THAT(checker.Matches(SecretString{"correct horse battery"}, *hash), IsOkAnd(true));
  EXPECT_THAT(checker.Matches(SecretString{"correct horse battery "}, *hash), IsOkAnd(false));
  EXPECT_EQ(checker.computed(), 3U);
}

TEST_F(PasswordCheckerTest, WithoutAHashTheSameWorkIsDoneForNothing) {
  PasswordChecker checker;
  EXPECT_THAT(checker.Matches(SecretString{""}, ""), IsOkAnd(false));
  EXPECT_EQ(checker.computed(), 1U);
  // What stands in costs what a real one costs: the part up to the salt says so.
  const Result<std::string> hash = checker.Hash(SecretString{"x"});
  ASSERT_THAT(hash, IsOk());
  const std::string cost = "$argon2id$v=19$m=65536,t=2,p=1$";
  EXPECT_TRUE(hash->starts_with(cost)) << "change kNobodysHash too";
}

TEST_F(PasswordCheckerTest, MoreThanWaitAreSentAway) {
  PasswordChecker checker{{.running_max = 1, .waiting_max = 1}};
  std::atomic<int> away = 0;
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(20);
    for (int i = 0; i < 20; ++i) {
      threads.emplace_back([&] {
        const Result<bool> matches = checker.Matches(SecretString{"x"}, "");
        if (matches) {
          ++done;
        } else {
          EXPECT_EQ(matches.error().code, Error::Code::kLimitExceeded);
          ++away;
        }
      });
    }
  }
  EXPECT_EQ(away + done, 20);
  EXPECT_GE(done, 1);
  EXPECT_EQ(checker.computed(), static_cast<std::uint64_t>(done));
  EXPECT_THAT(checker.Matches(SecretString{"x"}, ""), IsOkAnd(false)) << "there is room again";
}

}  // namespace
}  // namespace latchkey
