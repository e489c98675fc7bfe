#include "base/huge_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace latchkey {
namespace {

TEST(HugeMemoryTest, IsZeroedAlignedAndWritable) {
  constexpr std::size_t kHuge = std::size_t{2} << 20U;
  for (const std::size_t size : {std::size_t{64}, std::size_t{4096}, kHuge - 1, kHuge, kHuge + 1}) {
    const HugeMemory memory{size};
    ASSERT_GE(memory.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % (size < kHuge ? 64 : kHuge), 0U);
    const std::span bytes{static_cast<unsigned char*>(memory.data()), memory.size()};
    EXPECT_TRUE(std::ranges::all_of(bytes, [](unsigned char byte) { return byte == 0; }));
    bytes.front() = 1;
    bytes.back() = 1;
  }
}

}  // namespace
}  // namespace latchkey
