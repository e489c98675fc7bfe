#include "store/codec/hex.h"

#include <gmock/gmock.h>

#include "crypto/mac.h"

namespace latchkey {
namespace {

using testing::Eq;
using testing::Optional;

TEST(HexTest, ReadsWhatFormatHexWrites) {
  std::vector<std::byte> bytes;
  for (unsigned value = 0; value < 256; ++value) bytes.push_back(static_cast<std::byte>(value));
  EXPECT_THAT(ParseHex(FormatHex(bytes)), Optional(Eq(bytes)));
  EXPECT_THAT(ParseHex(""), Optional(Eq(std::vector<std::byte>{})));
}

TEST(HexTest, RefusesEveryOtherSpelling) {
  for (const std::string_view text : {"0", "000", "0G", "AB", "aB", " 00", "0x", "g0", "0\n"}) {
    EXPECT_EQ(ParseHex(text), std::nullopt) << text;
  }
}

TEST(HexTest, RefusesAnotherSize) {
  std::array<std::byte, 2> out{};
  EXPECT_TRUE(ParseHexInto("beef", out));
  EXPECT_EQ(out[0], std::byte{0xBE});
  EXPECT_FALSE(ParseHexInto("be", out));
  EXPECT_FALSE(ParseHexInto("beefbe", out));
}

}  // namespace
}  // namespace latchkey
