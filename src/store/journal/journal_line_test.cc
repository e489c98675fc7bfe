#include "store/journal/journal_line.h"

#include <gmock/gmock.h>

#include "store/memory/sample_records.h"

namespace latchkey {
namespace {

std::string LineOf(const ChangeLine& line) {
  std::string text;
  AppendJournalLine(line, text);
  text.pop_back();  // The line break.
  return text;
}

TEST(JournalLineTest, PutsTheMacBeforeTheLastBrace) {
  ChangeLine line{.seq = 7, .batch = 3, .text = R"({"seq":7,"batch":3,"x":{}})", .mac = {}};
  line.mac.fill(std::byte{0xAB});
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "ab";
  EXPECT_EQ(LineOf(line), R"({"seq":7,"batch":3,"x":{},"mac":")" + digits + R"("})");
}

TEST(JournalLineTest, GivesBackTheTextByteForByte) {
  LineScript script;
  const ChangeLine line = script.Make();
  const std::optional<ChangeLine> read = ParseJournalLine(LineOf(line));
  ASSERT_TRUE(read);
  EXPECT_TRUE(AreSame(*read, line));
}

TEST(JournalLineTest, RefusesEveryCutAndEveryAddition) {
  LineScript script;
  const std::string good = LineOf(script.Make());
  ASSERT_TRUE(ParseJournalLine(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseJournalLine(good.substr(0, size))) << size;
  }
  EXPECT_FALSE(ParseJournalLine(good + " "));
  EXPECT_FALSE(ParseJournalLine(" " + good));
  EXPECT_FALSE(ParseJournalLine(std::string(good.size(), '\0')));
  std::string upper = good;
  upper[upper.size() - 3] = 'A';
  EXPECT_FALSE(ParseJournalLine(upper));
}

TEST(JournalLineTest, KnowsWhichTextsCanBeLines) {
  LineScript script;
  const ChangeLine good = script.Make();
  EXPECT_TRUE(HasLineForm(good));
  for (const char* text : {"", "{}", R"({"seq":1,"batch":1})", R"({"seq":1,"batch":2,"x":1})",
                           R"({"seq":2,"batch":1,"x":1})", R"({"batch":1,"seq":1,"x":1})",
                           "{\"seq\":1,\"batch\":1,\"x\":\n1}", R"({"seq":1,"batch":1,"x":1} )"}) {
    ChangeLine bad = good;
    bad.text = text;
    EXPECT_FALSE(HasLineForm(bad)) << text;
  }
}

}  // namespace
}  // namespace latchkey
