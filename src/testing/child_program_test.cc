#include "testing/child_program.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace latchkey {
namespace {

TEST(ChildProgramTest, TalksByLinesAndEndsWithItsInput) {
  ChildProgram cat{{"cat"}};
  cat.WriteLine("one");
  EXPECT_EQ(cat.ReadLine(), "one");
  cat.WriteLine("two");
  EXPECT_EQ(cat.ReadLine(), "two");
}

TEST(ChildProgramTest, HasNoLineAfterTheLast) {
  ChildProgram echo{{"echo", "one"}};
  EXPECT_EQ(echo.ReadLine(), "one");
  EXPECT_EQ(echo.ReadLine(), "");
}

TEST(ScratchDirectoryTest, GoesAway) {
  std::string path;
  {
    const ScratchDirectory directory;
    path = directory.path();
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace latchkey
