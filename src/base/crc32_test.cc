#include "base/crc32.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

namespace latchkey {
namespace {

// The check value of CRC-32/ISO-HDLC, as every catalogue of checksums states it.
TEST(Crc32Test, GivesTheCheckValue) { EXPECT_EQ(Crc32("123456789"), 0xCBF43926U); }

TEST(Crc32Test, KnowsTextsOfAnyLength) {
  EXPECT_EQ(Crc32(""), 0U);
  EXPECT_EQ(Crc32(std::string_view{}), 0U);
  EXPECT_EQ(Crc32("a"), 0xE8B7BE43U);
  EXPECT_EQ(Crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
}

TEST(Crc32Test, CoversZeroBytes) {
  EXPECT_NE(Crc32(std::string(1, '\0')), Crc32(std::string(2, '\0')));
  EXPECT_NE(Crc32(std::string("a\0b", 3)), Crc32("a"));
}

TEST(Crc32Test, IsZlibsForTextsOfAnyLengthAndContent) {
  std::string text;
  std::uint64_t state = 1;
  for (int i = 0; i < 300; ++i) {
    const auto zlibs = static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
    ASSERT_EQ(Crc32(text), zlibs) << i;
    // Every byte value comes up; the constants are Knuth's.
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += static_cast<char>(state >> 56U);
  }
}

}  // namespace
}  // namespace latchkey
