#include "crypto/system_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <vector>

#include "testing/matchers.h"

namespace latchkey {
namespace {

TEST(SystemRandomTest, NeverRepeatsItself) {
  SystemRandom random;
  std::set<std::array<std::byte, 16>> drawn;
  for (int i = 0; i < 1000; ++i) {
    std::array<std::byte, 16> bytes{};
    ASSERT_THAT(random.Fill(bytes), IsOk());
    EXPECT_TRUE(drawn.insert(bytes).second);
  }
}

TEST(SystemRandomTest, FillsAllOfAnySize) {
  SystemRandom random;
  EXPECT_THAT(random.Fill({}), IsOk());
  // Above 256 bytes getrandom(2) may return early. Not one in 2^64 runs has a whole zero block.
  std::vector<std::byte> bytes(std::size_t{1} << 20U);
  ASSERT_THAT(random.Fill(bytes), IsOk());
  for (std::size_t i = 0; i < bytes.size(); i += 16) {
    const auto block = std::span{bytes}.subspan(i, 16);
    ASSERT_FALSE(std::ranges::all_of(block, [](std::byte byte) { return byte == std::byte{0}; }))
        << i;
  }
}

TEST(InitializeCryptoTest, MayBeCalledAgain) {
  EXPECT_THAT(InitializeCrypto(), IsOk());
  EXPECT_THAT(InitializeCrypto(), IsOk());
}

}  // namespace
}  // namespace latchkey
