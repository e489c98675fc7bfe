#include "api/json_body.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace latchkey::api {
namespace {

std::string Nested(std::size_t levels) {
  std::string text = "{\"a\":";
  for (std::size_t i = 1; i < levels; ++i) text += '[';
  for (std::size_t i = 1; i < levels; ++i) text += ']';
  return text + "}";
}

std::string ArrayOf(std::size_t values) {
  std::string text = "{\"a\":[0";
  for (std::size_t i = 1; i < values; ++i) text += ",0";
  return text + "]}";
}

struct RefusedCase {
  const char* name;
  std::string text;
};

class JsonBodyRefuses : public testing::TestWithParam<RefusedCase> {};

TEST_P(JsonBodyRefuses, AsMalformed) {
  const OrProblem<JsonBody> body = JsonBody::Parse(GetParam().text);
  ASSERT_FALSE(body.has_value());
  EXPECT_EQ(body.error().type, ProblemType::kMalformed);
  EXPECT_FALSE(body.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonBodyRefuses,
    testing::Values(
        RefusedCase{"Nothing", ""}, RefusedCase{"WhiteSpace", " \n"},
        RefusedCase{"CutOff", R"({"name":"a")"}, RefusedCase{"TwoObjects", "{}{}"},
        RefusedCase{"TrailingText", "{} x"}, RefusedCase{"TrailingNul", std::string("{}\0", 3)},
        RefusedCase{"TextBehindNul", std::string("{}\0{}", 5)},
        RefusedCase{"ByteOrderMark", "\xEF\xBB\xBF{}"},
        RefusedCase{"MemberTwice", R"({"a":1,"a":2})"},
        RefusedCase{"MemberTwiceInside", R"({"a":{"b":1,"b":1}})"},
        RefusedCase{"EscapedMemberTwice", R"({"a":1,"\u0061":2})"}, RefusedCase{"Array", "[]"},
        RefusedCase{"Null", "null"}, RefusedCase{"Text", R"("x")"}, RefusedCase{"Number", "1"},
        RefusedCase{"NotANumber", R"({"ttl":NaN})"}, RefusedCase{"Infinity", R"({"ttl":Infinity})"},
        RefusedCase{"TooBigNumber", R"({"ttl":1E400})"},
        RefusedCase{"LeadingZero", R"({"ttl":0123})"}, RefusedCase{"Plus", R"({"ttl":+1})"},
        RefusedCase{"BareFraction", R"({"ttl":.5})"}, RefusedCase{"Hexadecimal", R"({"ttl":0x10})"},
        RefusedCase{"SingleQuotes", "{'a':1}"}, RefusedCase{"Comment", "{/**/}"},
        RefusedCase{"TrailingComma", R"({"a":1,})"},
        RefusedCase{"RawControlCharacter", "{\"a\":\"\x01\"}"},
        RefusedCase{"LoneSurrogate", R"({"a":"\ud800"})"},
        RefusedCase{"IllFormedUtf8", "{\"a\":\"\xC3\x28\"}"},
        RefusedCase{"OverlongUtf8", "{\"a\":\"\xC0\xAF\"}"},
        RefusedCase{"TooDeep", Nested(JsonBody::kDepthMax + 1)},
        RefusedCase{"VeryDeep", std::string(100'000, '[')},
        RefusedCase{"TooManyValues", ArrayOf(JsonBody::kValuesMax)}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(JsonBodyTest, AcceptsUpToItsLimits) {
  EXPECT_TRUE(JsonBody::Parse(Nested(JsonBody::kDepthMax)).has_value());
  EXPECT_TRUE(JsonBody::Parse(ArrayOf(JsonBody::kValuesMax - 1)).has_value());
  EXPECT_TRUE(JsonBody::Parse(" {} \n").has_value());
}

TEST(JsonBodyTest, FindsMembersByExactNameAndType) {
  const OrProblem<JsonBody> body =
      JsonBody::Parse(R"({"name":"d\u00e9ploy","ttl":3600,"scopes":["a","b"],"nothing":null})");
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->FindText("name").value(), "d\xC3\xA9ploy");
  EXPECT_EQ(body->FindInteger("ttl").value(), 3600);
  EXPECT_EQ(body->FindTexts("scopes").value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(body->FindText("Name").value(), std::nullopt);
  EXPECT_FALSE(body->FindText("nothing").has_value());
  EXPECT_FALSE(body->FindText("ttl").has_value());
  EXPECT_FALSE(body->FindTexts("name").has_value());
  EXPECT_EQ(body->RequireText("missing").error().member, "missing");
}

TEST(JsonBodyTest, TakesOnlyIntegersForIntegers) {
  for (const char* ttl : {"1e3", "3600.0", "\"3600\"", "[3600]", "true", "null", "{}",
                          "9223372036854775808", "99999999999999999999"}) {
    const OrProblem<JsonBody> body = JsonBody::Parse(R"({"ttl":)" + std::string{ttl} + "}");
    ASSERT_TRUE(body.has_value()) << ttl;
    const auto found = body->FindInteger("ttl");
    ASSERT_FALSE(found.has_value()) << ttl;
    EXPECT_EQ(found.error().type, ProblemType::kInvalidValue) << ttl;
    EXPECT_EQ(found.error().member, "ttl") << ttl;
  }
  EXPECT_EQ(JsonBody::Parse(R"({"ttl":9223372036854775807})")->FindInteger("ttl").value(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(JsonBody::Parse(R"({"ttl":-9223372036854775808})")->FindInteger("ttl").value(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(JsonBody::Parse(R"({"ttl":-0})")->FindInteger("ttl").value(), 0);
}

TEST(JsonBodyTest, RefusesArraysThatHoldAnythingButTexts) {
  for (const char* scopes : {"null", "\"a\"", "[1]", "[null]", "[[\"a\"]]", "{\"a\":\"b\"}"}) {
    const OrProblem<JsonBody> body = JsonBody::Parse(R"({"scopes":)" + std::string{scopes} + "}");
    ASSERT_TRUE(body.has_value()) << scopes;
    EXPECT_FALSE(body->FindTexts("scopes").has_value()) << scopes;
  }
}

TEST(JsonBodyTest, NamesTheUnknownMember) {
  static constexpr std::array<std::string_view, 1> kNames{"scopes"};
  const OrProblem<void> known =
      JsonBody::Parse(R"({"scopes":[],"Scopes":["x"]})")->RequireOnly(kNames);
  ASSERT_FALSE(known.has_value());
  EXPECT_EQ(known.error().type, ProblemType::kUnknownMember);
  EXPECT_EQ(known.error().detail, "There is no member \"Scopes\" here.");
}

TEST(JsonBodyTest, NeverRepeatsValuesNorUnusualNames) {
  static constexpr std::array<std::string_view, 0> kNone{};
  const std::string odd = R"({"<b>\n":1})";
  EXPECT_EQ(JsonBody::Parse(odd)->RequireOnly(kNone).error().detail,
            "There is no member with an unusual name here.");
  const OrProblem<JsonBody> broken = JsonBody::Parse(R"({"name":"hunter2"x})");
  EXPECT_EQ(broken.error().detail.find("hunter2"), std::string::npos);
}

TEST(JsonBodyTest, FormatsWhatItParsed) {
  const std::string text = R"({"a":[1,-2,1.5,"x\"\n"],"b":{"c":null,"d":true}})";
  const OrProblem<JsonBody> body = JsonBody::Parse(text);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->Format(), text);
  EXPECT_EQ(*JsonBody::Parse(body->Format()), *body);
}

TEST(CheckJsonTypeTest, AcceptsJsonInUtf8Alone) {
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json ; charset=UTF-8"}) {
    http::Fields fields;
    fields.Add("Content-Type", type);
    EXPECT_TRUE(CheckJsonType(fields).has_value()) << type;
    fields.Add("Content-Encoding", "identity");
    EXPECT_FALSE(CheckJsonType(fields).has_value()) << type;
  }
  for (const char* type :
       {"", "text/plain", "application/jsonp", "application/json; charset=utf-16",
        "application/json; charset=utf-8; x=y", "application/json x",
        "application/x-www-form-urlencoded", "application/problem+json"}) {
    http::Fields fields;
    fields.Add("Content-Type", type);
    EXPECT_EQ(CheckJsonType(fields).error().type, ProblemType::kUnsupportedMediaType) << type;
  }
  http::Fields twice;
  EXPECT_FALSE(CheckJsonType(twice).has_value());
  twice.Add("Content-Type", "application/json");
  twice.Add("Content-Type", "application/json");
  EXPECT_FALSE(CheckJsonType(twice).has_value());
}

}  // namespace
}  // namespace latchkey::api
