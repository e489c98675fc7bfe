#include "base/result.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace latchkey {
namespace {

using enum Error::Code;

constexpr std::array kAllCodes{
    kMalformed, kBadChecksum,      kInvalidArgument, kNotFound,    kAlreadyExists,
    kConflict,  kPermissionDenied, kLimitExceeded,   kUnavailable, kNoSpace,
    kTampered,  kDisagreement,     kInUse,           kIo,          kInternal,
};

TEST(ErrorTest, EveryCodeHasItsOwnNameOfLowerCaseWords) {
  std::set<std::string_view> names;
  for (const Error::Code code : kAllCodes) {
    const std::string_view name = CodeName(code);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || c == '-';
    })) << name;
  }
  EXPECT_EQ(CodeName(kInvalidArgument), "invalid-argument");
}

TEST(ErrorTest, DescribesMessageAndHint) {
  EXPECT_EQ(Describe({.code = kNotFound, .message = "no account \"bob\""}), "no account \"bob\"");
  EXPECT_EQ(Describe({.code = kNotFound, .message = "no account \"bob\"", .hint = "List them."}),
            "no account \"bob\"\nList them.");
}

TEST(ErrorTest, FailMakesAResultThatIsNoValue) {
  const Result<int> result = Fail(kConflict, "changed", "Read it again.");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, kConflict);
  EXPECT_EQ(result.error().message, "changed");
  EXPECT_EQ(result.error().hint, "Read it again.");
}

}  // namespace
}  // namespace latchkey
