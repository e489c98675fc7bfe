#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/mac.h"

namespace latchkey {
namespace {

struct HashCase {
  const char* name;
  std::string text;
  std::string_view want;
};

class Sha256Vectors : public ::testing::TestWithParam<HashCase> {};

TEST_P(Sha256Vectors, Match) { EXPECT_EQ(FormatHex(Sha256(GetParam().text)), GetParam().want); }

// The examples of FIPS 180-4 as NIST publishes them.
INSTANTIATE_TEST_SUITE_P(
    Nist, Sha256Vectors,
    ::testing::Values(
        HashCase{"Empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        HashCase{"OneBlock", "abc",
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        HashCase{"TwoBlocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        HashCase{"Million", std::string(1000000, 'a'),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(Sha256Test, CoversZeroBytes) {
  EXPECT_NE(Sha256(std::string(1, '\0')), Sha256(std::string(2, '\0')));
}

TEST(EqualInConstantTimeTest, FindsADifferenceAtEachPlace) {
  const std::string text(64, 'x');
  EXPECT_TRUE(EqualInConstantTime(AsBytes(text), AsBytes(text)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(EqualInConstantTime(AsBytes(text), AsBytes(other))) << i;
  }
}

TEST(EqualInConstantTimeTest, ComparesLengths) {
  EXPECT_TRUE(EqualInConstantTime({}, {}));
  EXPECT_FALSE(EqualInConstantTime(AsBytes("a"), {}));
  EXPECT_FALSE(EqualInConstantTime(AsBytes("ab"), AsBytes("a")));
  EXPECT_FALSE(EqualInConstantTime(AsBytes(std::string_view{"a\0", 2}), AsBytes("a")));
}

TEST(AsBytesTest, CopiesNothing) {
  const std::string text = "abc";
  EXPECT_EQ(static_cast<const void*>(AsBytes(text).data()), text.data());
  EXPECT_EQ(AsBytes(text).size(), 3U);
}

}  // namespace
}  // namespace latchkey
