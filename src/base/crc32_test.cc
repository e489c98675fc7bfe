#include "base/crc32.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace latchkey
