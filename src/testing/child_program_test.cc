#include "testing/child_program.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace latchkey
