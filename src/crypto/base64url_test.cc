#include "crypto/base64url.h"

#include <gmock/gmock.h>

#include <string>

#include "testing/matchers.h"

namespace latchkey {
namespace {

struct Pair {
  const char* name;
  std::string bytes;
  std::string text;
};

class Base64Url : public testing::TestWithParam<Pair> {};

TEST_P(Base64Url, WritesAndReads) {
  EXPECT_EQ(EncodeBase64Url(GetParam().bytes), GetParam().text);
  EXPECT_THAT(DecodeBase64Url(GetParam().text), IsOkAnd(GetParam().bytes));
}

// RFC 4648 section 10, without the padding, and the two characters that differ from section 4.
INSTANTIATE_TEST_SUITE_P(All, Base64Url,
                         testing::Values(Pair{"Empty", "", ""}, Pair{"One", "f", "Zg"},
                                         Pair{"Two", "fo", "Zm8"}, Pair{"Three", "foo", "Zm9v"},
                                         Pair{"Four", "foob", "Zm9vYg"},
                                         Pair{"Six", "foobar", "Zm9vYmFy"},
                                         Pair{"Dashes", "\xFB\xEF\xBE", "----"},
                                         Pair{"Underscores", "\xFF\xFF\xFF", "____"},
                                         Pair{"Zeros", std::string(2, '\0'), "AAA"}),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(Base64UrlTest, ReadsEveryByteBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_THAT(DecodeBase64Url(EncodeBase64Url(bytes)), IsOkAnd(bytes));
  }
}

TEST(Base64UrlTest, RefusesASecondSpelling) {
  for (const char* text : {"Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9v\n", " Zm9v", "Zm+v",
                           "Zm/v", "Zm9v====", "Zm\xC3\xA9"}) {
    EXPECT_THAT(DecodeBase64Url(text), FailsWith(Error::Code::kMalformed)) << text;
  }
  EXPECT_THAT(DecodeBase64Url(std::string_view{"Zm9\0", 4}), FailsWith(Error::Code::kMalformed));
}

}  // namespace
}  // namespace latchkey
