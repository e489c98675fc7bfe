#include "authority/journal_copy.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "authority/change.h"
#include "store/memory/memory_journal.h"
#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;

class JournalCopyTest : public testing::Test {
 protected:
  JournalCopyTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  /// `count` lines of one history: what differs between histories is `word`.
  [[nodiscard]] std::vector<ChangeLine> Lines(std::uint64_t count,
                                              const std::string& word = "x") const {
    Chain chain{key_};
    std::vector<ChangeLine> lines;
    for (std::uint64_t seq = 1; seq <= count; ++seq) {
      ChangeLine line{.seq = seq, .batch = seq, .text = word + std::to_string(seq), .mac = {}};
      line.mac = chain.Extend(line.text);
      lines.push_back(line);
    }
    return lines;
  }

  static void Fill(MemoryJournal& journal, const std::vector<ChangeLine>& lines) {
    ASSERT_THAT(journal.Append(lines), IsOk());
  }

  SecretKey key_;
  MemoryJournal from_;
  MemoryJournal to_;
};

TEST_F(JournalCopyTest, CopiesAllAndThenWhatCameSince) {
  const std::vector<ChangeLine> lines = Lines(5);
  Fill(from_, {lines.begin(), lines.begin() + 3});
  const Result<JournalCopied> first = CopyJournal(from_, to_, key_);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->before, 0U);
  EXPECT_EQ(first->added, 3U);
  EXPECT_EQ(first->mac, lines[2].mac);
  Fill(from_, {lines.begin() + 3, lines.end()});
  const Result<JournalCopied> second = CopyJournal(from_, to_, key_);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->before, 3U);
  EXPECT_EQ(second->added, 2U);
  EXPECT_EQ(second->changes(), 5U);
  const std::vector<ChangeLine> copied = to_.lines();
  ASSERT_EQ(copied.size(), 5U);
  for (std::size_t i = 0; i < copied.size(); ++i) EXPECT_TRUE(AreSame(copied[i], lines[i])) << i;
}

TEST_F(JournalCopyTest, CopiesNothingWhereThereIsNothing) {
  const Result<JournalCopied> copied = CopyJournal(from_, to_, key_);
  ASSERT_THAT(copied, IsOk());
  EXPECT_EQ(copied->changes(), 0U);
  EXPECT_TRUE(to_.lines().empty());
}

TEST_F(JournalCopyTest, RefusesACopyThatIsAhead) {
  Fill(from_, Lines(3));
  Fill(to_, Lines(4));
  EXPECT_THAT(CopyJournal(from_, to_, key_), FailsWith(kDisagreement));
  EXPECT_EQ(to_.lines().size(), 4U);
}

TEST_F(JournalCopyTest, RefusesAnotherHistory) {
  Fill(from_, Lines(9, "a"));
  Fill(to_, Lines(2, "b"));
  EXPECT_THAT(CopyJournal(from_, to_, key_), FailsWith(kDisagreement));
  EXPECT_EQ(to_.lines().size(), 2U);
}

TEST_F(JournalCopyTest, RefusesABrokenChainOnEitherSide) {
  std::vector<ChangeLine> edited = Lines(4);
  edited[1].text = "edited";
  Fill(from_, edited);
  const Result<JournalCopied> of_edited = CopyJournal(from_, to_, key_);
  ASSERT_THAT(of_edited, FailsWith(kTampered));
  EXPECT_THAT(of_edited.error().message, HasSubstr("change 2"));

  std::vector<ChangeLine> gap = Lines(4);
  gap.erase(gap.begin() + 1);
  MemoryJournal holed;
  Fill(holed, gap);
  MemoryJournal whole;
  Fill(whole, Lines(4));
  EXPECT_THAT(CopyJournal(whole, holed, key_), FailsWith(kTampered));
  EXPECT_THAT(CopyJournal(holed, to_, key_), FailsWith(kTampered));
}

TEST_F(JournalCopyTest, SaysThatTheCopyHasNoRoom) {
  Fill(from_, Lines(2));
  to_.FailReserves();
  EXPECT_THAT(CopyJournal(from_, to_, key_), FailsWith(kNoSpace));
}

TEST_F(JournalCopyTest, KnowsACopyThatWasCutOff) {
  const std::vector<ChangeLine> lines = Lines(4);
  Fill(to_, {lines.begin(), lines.begin() + 3});
  EXPECT_THAT(CheckJournalReaches(to_, key_, 3, lines[2].mac), IsOk());
  EXPECT_THAT(CheckJournalReaches(to_, key_, 2, lines[1].mac), IsOk());
  EXPECT_THAT(CheckJournalReaches(to_, key_, 0, Mac{}), IsOk());
  EXPECT_THAT(CheckJournalReaches(to_, key_, 4, lines[3].mac), FailsWith(kTampered));
  EXPECT_THAT(CheckJournalReaches(to_, key_, 3, lines[3].mac), FailsWith(kTampered));
}

}  // namespace
}  // namespace latchkey
