#include "testing/scratch_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace latchkey {
namespace {

TEST(ScratchDirectoryTest, GoesAwayWithWhatIsInIt) {
  std::filesystem::path path;
  {
    const ScratchDirectory directory;
    path = directory.path();
    EXPECT_TRUE(std::filesystem::is_directory(path));
    std::ofstream{directory.File("file")} << "x";
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchDirectoryTest, IsAnotherEachTime) {
  const ScratchDirectory one;
  const ScratchDirectory other;
  EXPECT_NE(one.path(), other.path());
}

}  // namespace
}  // namespace latchkey
