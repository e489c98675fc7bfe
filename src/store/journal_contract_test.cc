// The promises of authority/journal.h, asked of every implementation.

#include <gmock/gmock.h>

#include "authority/journal.h"
#include "store/contract_fixture.h"
#include "store/journal/file_journal.h"
#include "store/memory/memory_journal.h"
#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

std::vector<Implementation<Journal>> AllJournals() {
  return {
      {.name = "Memory",
       .durable = false,
       .open = [](const std::filesystem::path&) -> std::unique_ptr<Journal> {
         return std::make_unique<MemoryJournal>();
       }},
      {.name = "File",
       .durable = true,
       .open = [](const std::filesystem::path& directory) -> std::unique_ptr<Journal> {
         Result<std::unique_ptr<FileJournal>> journal = FileJournal::Open(directory);
         if (journal) return *std::move(journal);
         ADD_FAILURE() << Describe(journal.error());
         return nullptr;
       }},
  };
}

class JournalContract : public testing::TestWithParam<Implementation<Journal>> {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    journal_ = GetParam().open(directory_.path());
    ASSERT_NE(journal_, nullptr);
  }
  std::vector<ChangeLine> ReadAll() const {
    std::vector<ChangeLine> lines;
    EXPECT_THAT(journal_->Read([&](ChangeLine line) {
      lines.push_back(std::move(line));
      return true;
    }),
                IsOk());
    return lines;
  }
  std::unique_ptr<JournalParts> Parts() const {
    Result<std::unique_ptr<JournalParts>> parts = journal_->Parts();
    EXPECT_THAT(parts, IsOk());
    return parts ? *std::move(parts) : nullptr;
  }
  std::vector<ChangeLine> Make(std::size_t count) {
    std::vector<ChangeLine> lines;
    lines.reserve(count);
    for (std::size_t i = 0; i < count; ++i) lines.push_back(script_.Make());
    script_.NextBatch();
    return lines;
  }

  ScratchDirectory directory_;
  std::unique_ptr<Journal> journal_;
  LineScript script_;
};

TEST_P(JournalContract, IsMissingUntilSomethingIsWritten) {
  EXPECT_TRUE(journal_->missing());
  EXPECT_TRUE(ReadAll().empty());
  EXPECT_THAT(journal_->Append(Make(1)), IsOk());
  EXPECT_FALSE(journal_->missing());
}

TEST_P(JournalContract, IsThereOnceRoomIsReserved) {
  EXPECT_THAT(journal_->Reserve(100), IsOk());
  EXPECT_FALSE(journal_->missing());
  EXPECT_TRUE(ReadAll().empty());
}

TEST_P(JournalContract, ItsPartsHoldTheSameLines) {
  EXPECT_EQ(Parts()->count(), 0U);
  EXPECT_THAT(journal_->Append(Make(5)), IsOk());
  const std::unique_ptr<JournalParts> parts = Parts();
  EXPECT_THAT(journal_->Append(Make(1)), IsOk());  // After that moment.
  std::vector<std::uint64_t> seen;
  for (std::size_t part = 0; part < parts->count(); ++part) {
    EXPECT_THAT(parts->Read(part,
                            [&](const ChangeLine& line) {
                              seen.push_back(line.seq);
                              return true;
                            }),
                IsOk());
  }
  EXPECT_THAT(seen, testing::ElementsAre(1, 2, 3, 4, 5));
}

TEST_P(JournalContract, APartStopsWhenItsVisitorSaysSo) {
  EXPECT_THAT(journal_->Append(Make(2)), IsOk());
  std::size_t seen = 0;
  EXPECT_THAT(Parts()->Read(0,
                            [&](const ChangeLine& /*line*/) {
                              ++seen;
                              return false;
                            }),
              IsOk());
  EXPECT_EQ(seen, 1U);
}

TEST_P(JournalContract, GivesBackEveryLineInOrder) {
  std::vector<ChangeLine> wanted = Make(3);
  EXPECT_THAT(journal_->Append(wanted), IsOk());
  EXPECT_THAT(journal_->Append({}), IsOk());
  if (GetParam().durable) Open();
  const std::vector<ChangeLine> more = Make(2);
  EXPECT_THAT(journal_->Reserve(1000), IsOk());
  EXPECT_THAT(journal_->Append(more), IsOk());
  wanted.insert(wanted.end(), more.begin(), more.end());
  const std::vector<ChangeLine> lines = ReadAll();
  ASSERT_EQ(lines.size(), wanted.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(AreSame(lines[i], wanted[i])) << i;
}

TEST_P(JournalContract, StopsWhenTold) {
  EXPECT_THAT(journal_->Append(Make(3)), IsOk());
  int seen = 0;
  EXPECT_THAT(journal_->Read([&](const ChangeLine&) { return ++seen < 2; }), IsOk());
  EXPECT_EQ(seen, 2);
}

INSTANTIATE_TEST_SUITE_P(All, JournalContract, testing::ValuesIn(AllJournals()),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
