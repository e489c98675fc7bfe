#include "json/strict_json.h"

#include <gmock/gmock.h>

#include <string>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;

TEST(StrictJsonTest, ReadsOneObject) {
  const Result<nlohmann::json> read =
      ParseStrictJson("it", R"({"a":"b","c":{"a":[1,{"a":2}]},"d":{"a":3}})", 100);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*FindText(*read, "a"), "b");
  EXPECT_EQ(FindText(*read, "c"), nullptr);
  EXPECT_EQ(FindText(*read, "x"), nullptr);
  EXPECT_EQ(FindText(nlohmann::json::array(), "x"), nullptr);
}

TEST(StrictJsonTest, RefusesWhatHasTwoMeaningsOrNone) {
  for (const char* text :
       {"", "[]", "1", "null", "{", "{}x", "{} {}", R"({"a":1,"a":2})", R"({"b":{"a":1,"a":1}})",
        R"({"a":1,"\u0061":2})", "\xEF\xBB\xBF{}", R"({"a":NaN})", "{'a':1}", "{\"a\":\"\xFF\"}",
        R"({"a":1,})", "{/**/}"}) {
    EXPECT_THAT(ParseStrictJson("it", text, 100), FailsWith(kMalformed, HasSubstr("it cannot")))
        << text;
  }
  EXPECT_THAT(ParseStrictJson("it", std::string_view{"{}\0", 3}, 100), FailsWith(kMalformed));
}

TEST(StrictJsonTest, HasALimitOnSizeAndDepth) {
  EXPECT_THAT(ParseStrictJson("it", "{}", 2), IsOk());
  EXPECT_THAT(ParseStrictJson("it", "{} ", 2), FailsWith(kLimitExceeded));
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_THAT(ParseStrictJson("it", nested(15), 1000), IsOk());
  EXPECT_THAT(ParseStrictJson("it", nested(17), 1000), FailsWith(kMalformed, HasSubstr("deeply")));
  EXPECT_THAT(ParseStrictJson("it", nested(100'000), 1'000'000), FailsWith(kMalformed));
}

}  // namespace
}  // namespace latchkey
