#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace latchkey::cli {
namespace {

std::string Printed(const Table& table, bool color) {
  std::ostringstream out;
  table.Print(out, color);
  return out.str();
}

TEST(TableTest, AlignsAndLeavesNoBlanksAtTheEnd) {
  Table table{{"ID", "NAME", "STATE"}};
  table.Add({{"1"}, {"a long name"}, {"active"}});
  table.Add({{"22"}, {"b"}, {""}});
  EXPECT_EQ(Printed(table, false),
            "ID  NAME         STATE\n"
            "1   a long name  active\n"
            "22  b\n");
}

TEST(TableTest, CountsCharactersAndNotBytes) {
  Table table{{"A", "B"}};
  table.Add({{"é"}, {"x"}});
  EXPECT_EQ(Printed(table, false), "A  B\né  x\n");
}

TEST(TableTest, ANameCannotForgeARow) {
  Table table{{"NAME"}};
  table.Add({{"a\nb\x1B[2J"}});
  EXPECT_EQ(Printed(table, false), "NAME\na\\x0ab\\x1b[2J\n");
}

TEST(TableTest, ColorDoesNotChangeTheAlignment) {
  Table table{{"A", "B"}};
  table.Add({{"ok", Style::kGood}, {"x"}});
  EXPECT_EQ(Printed(table, true), "\x1B[1mA\x1B[0m   \x1B[1mB\x1B[0m\n\x1B[32mok\x1B[0m  x\n");
}

TEST(TableTest, IsEmptyWithoutRows) {
  Table table{{"A"}};
  EXPECT_TRUE(table.empty());
  table.Add({{"x"}});
  EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace latchkey::cli
