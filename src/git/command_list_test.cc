#include "git/command_list.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/matchers.h"

namespace latchkey::git {
namespace {

std::string Commands(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text +=
        FormatPkt({.kind = PktKind::kData, .payload = "old new refs/heads/" + std::to_string(i)});
  }
  return text;
}

TEST(CommandListTest, CountsUpToTheFlushAndNotThePackBehindIt) {
  CommandList list{{.count_max = 3, .size_max = 1000}};
  EXPECT_THAT(list.Take(Commands(3)), IsOk());
  EXPECT_FALSE(list.complete());
  EXPECT_THAT(list.Take("0000PACK0003zzzz"), IsOk());
  EXPECT_TRUE(list.complete());
  EXPECT_EQ(list.count(), 3U);
  EXPECT_THAT(list.Take("zzzz"), IsOk());
}

TEST(CommandListTest, OneCommandTooManyIsRefused) {
  CommandList list{{.count_max = 3, .size_max = 1000}};
  EXPECT_THAT(list.Take(Commands(4)), FailsWith(Error::Code::kLimitExceeded));
}

TEST(CommandListTest, OneByteTooManyIsRefused) {
  const std::string text = Commands(2) + "0000";
  CommandList exact{{.count_max = 3, .size_max = text.size()}};
  EXPECT_THAT(exact.Take(text), IsOk());
  CommandList short_of_one{{.count_max = 3, .size_max = text.size() - 1}};
  EXPECT_THAT(short_of_one.Take(text), FailsWith(Error::Code::kLimitExceeded));
}

TEST(CommandListTest, APacketThatNeverEndsIsBounded) {
  CommandList list{{.count_max = 3, .size_max = 100}};
  EXPECT_THAT(list.Take("fff0" + std::string(97, 'x')), FailsWith(Error::Code::kLimitExceeded));
}

TEST(CommandListTest, AWrongLengthIsRefused) {
  CommandList list{{}};
  EXPECT_THAT(list.Take("PACK"), FailsWith(Error::Code::kMalformed));
}

}  // namespace
}  // namespace latchkey::git
