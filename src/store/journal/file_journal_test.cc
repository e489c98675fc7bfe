#include "store/journal/file_journal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "store/journal/journal_line.h"
#include "store/journal/journal_reader.h"
#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class FileJournalTest : public testing::Test {
 protected:
  FileJournalTest() {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ / FileJournal::kFileName;
  }
  ~FileJournalTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::unique_ptr<FileJournal> Open(FileJournal::Access access = FileJournal::Access::kAppend) {
    Result<std::unique_ptr<FileJournal>> journal = FileJournal::Open(directory_, access);
    EXPECT_THAT(journal, IsOk());
    return journal ? *std::move(journal) : nullptr;
  }
  std::vector<ChangeLine> Make(std::size_t count) {
    std::vector<ChangeLine> lines;
    lines.reserve(count);
    for (std::size_t i = 0; i < count; ++i) lines.push_back(script_.Make());
    return lines;
  }
  std::string Contents() const {
    std::ifstream file{path_, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  void SetContents(std::string_view text) const {
    std::ofstream{path_, std::ios::binary | std::ios::trunc} << text;
  }
  static std::size_t Count(const FileJournal& journal) {
    std::size_t count = 0;
    EXPECT_THAT(journal.Read([&](const ChangeLine&) {
      ++count;
      return true;
    }),
                IsOk());
    return count;
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
  LineScript script_;
};

TEST_F(FileJournalTest, IsForItsOwnerAlone) {
  ASSERT_THAT(Open()->Append(Make(1)), IsOk());
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FileJournalTest, RefusesASymbolicLink) {
  std::filesystem::create_symlink(directory_ / "elsewhere", path_);
  std::ofstream{directory_ / "elsewhere"} << "";
  EXPECT_THAT(FileJournal::Open(directory_), FailsWith(kIo));
}

TEST_F(FileJournalTest, LeavesOutATornLineWhereverItIsCut) {
  ASSERT_THAT(Open()->Append(Make(3)), IsOk());
  const std::string whole = Contents();
  const std::size_t two_lines = whole.rfind('\n', whole.size() - 2) + 1;
  const std::size_t cuts = whole.size() - two_lines;
  for (std::size_t cut = 1; cut <= cuts; cut += 7) {
    SetContents(whole.substr(0, whole.size() - cut));
    EXPECT_EQ(Count(*Open(FileJournal::Access::kReadOnly)), 2U) << cut;
    EXPECT_EQ(Contents().size(), whole.size() - cut) << "reading alone changes nothing";
    const std::unique_ptr<FileJournal> journal = Open();
    EXPECT_EQ(Contents(), whole.substr(0, two_lines));
    LineScript script{2};
    ASSERT_THAT(journal->Append(std::vector{script.Make()}), IsOk());
    EXPECT_EQ(Count(*journal), 3U);
  }
}

TEST_F(FileJournalTest, LeavesOutALastLineOfAnotherForm) {
  ASSERT_THAT(Open()->Append(Make(1)), IsOk());
  const std::string whole = Contents();
  for (const std::string& tail : {std::string{"{}\n"}, std::string{"\n"}, std::string(5000, '\0'),
                                  std::string(40, '\0') + "\n"}) {
    SetContents(whole + tail);
    EXPECT_EQ(Count(*Open(FileJournal::Access::kReadOnly)), 1U);
    EXPECT_EQ(Count(*Open()), 1U);
    EXPECT_EQ(Contents(), whole);
  }
  SetContents("{}\n");
  EXPECT_EQ(Count(*Open()), 0U);
  EXPECT_EQ(Contents(), "");
}

TEST_F(FileJournalTest, SaysWhichEarlierLineIsNotOfTheForm) {
  ASSERT_THAT(Open()->Append(Make(4)), IsOk());
  std::string damaged = Contents();
  damaged[damaged.find('\n') + 2] = '?';
  SetContents(damaged);
  int seen = 0;
  EXPECT_THAT(Open()->Read([&](const ChangeLine&) {
    ++seen;
    return true;
  }),
              FailsWith(kTampered, HasSubstr("line 2 ")));
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(Contents(), damaged) << "opening does not touch what it cannot explain";
}

TEST_F(FileJournalTest, DoesNotTakeABadLineBeforeATornOneForTorn) {
  ASSERT_THAT(Open()->Append(Make(1)), IsOk());
  SetContents(Contents() + "{}\n{\"seq\":3");
  EXPECT_THAT(Open(FileJournal::Access::kReadOnly)->Read([](const ChangeLine&) { return true; }),
              FailsWith(kTampered, HasSubstr("line 2 ")));
}

TEST_F(FileJournalTest, ReadsLinesAcrossItsBuffers) {
  std::vector<ChangeLine> lines;
  for (std::uint64_t seq = 1; seq <= 12; ++seq) {
    // Some longer than a buffer, so that they begin and end anywhere in one.
    const std::string filling((seq * 331'777) % 2'500'000, static_cast<char>('a' + seq));
    lines.push_back(
        {.seq = seq,
         .batch = 1,
         .text = R"({"seq":)" + std::to_string(seq) + R"(,"batch":1,"x":")" + filling + "\"}",
         .mac = Sha256(filling)});
  }
  ASSERT_THAT(Open()->Append(lines), IsOk());
  std::size_t seen = 0;
  EXPECT_THAT(Open()->Read([&](const ChangeLine& line) {
    EXPECT_TRUE(AreSame(line, lines.at(seen)));
    ++seen;
    return true;
  }),
              IsOk());
  EXPECT_EQ(seen, lines.size());
}

TEST_F(FileJournalTest, RefusesALineThatCouldNotBeReadBack) {
  const std::unique_ptr<FileJournal> journal = Open();
  std::vector<ChangeLine> lines = Make(2);
  lines[1].text = "{\"batch\":1}";
  EXPECT_THAT(journal->Append(lines), FailsWith(kInternal));
  EXPECT_EQ(Contents(), "");
}

TEST_F(FileJournalTest, ReservesWithoutChangingTheSize) {
  const std::unique_ptr<FileJournal> journal = Open();
  ASSERT_THAT(journal->Append(Make(1)), IsOk());
  const std::string before = Contents();
  for (int i = 0; i < 100; ++i) ASSERT_THAT(journal->Reserve(100'000), IsOk());
  EXPECT_EQ(Contents(), before);
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 4 * 1024 * 1024) << "what is reserved is not reserved again";
}

TEST_F(FileJournalTest, ReadOnlyAppendsNothing) {
  const std::unique_ptr<FileJournal> journal = Open(FileJournal::Access::kReadOnly);
  EXPECT_THAT(journal->Append(Make(1)), FailsWith(kUnavailable));
  EXPECT_THAT(journal->Reserve(1), FailsWith(kUnavailable));
  EXPECT_TRUE(journal->missing());
}

/// Limits the size of files that this process writes, as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t size) {
    getrlimit(RLIMIT_FSIZE, &before_);
    // Otherwise exceeding the limit ends the process.
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = size, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST_F(FileJournalTest, WritesNothingMoreAfterAFailedWrite) {
  const std::unique_ptr<FileJournal> journal = Open();
  ASSERT_THAT(journal->Append(Make(2)), IsOk());
  const std::string before = Contents();
  {
    const FileSizeLimit limit{before.size() + 50};
    EXPECT_THAT(journal->Append(Make(1)), FailsWith(kUnavailable));
  }
  EXPECT_THAT(journal->Append(Make(1)), FailsWith(kUnavailable))
      << "also when the disk is well again";
  EXPECT_THAT(journal->Reserve(1), FailsWith(kUnavailable));
  EXPECT_EQ(Count(*journal), 2U);
  EXPECT_EQ(Count(*Open()), 2U) << "the next start cuts off what was written in part";
  EXPECT_EQ(Contents(), before);
}

/// The numbers of the lines that a range of the file holds, or nothing if it cannot be read.
std::optional<std::vector<std::uint64_t>> ReadRange(int descriptor, const JournalRange& range) {
  std::vector<std::uint64_t> seen;
  const Result<void> read = ReadJournalRange(descriptor, range, [&](const ChangeLine& line) {
    seen.push_back(line.seq);
    return true;
  });
  if (!read) return std::nullopt;
  return seen;
}

TEST_F(FileJournalTest, WhereverItIsCutEachLineIsReadOnce) {
  ASSERT_THAT(Open()->Append(Make(3)), IsOk());
  const std::uint64_t size = Contents().size();
  const FileDescriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  for (std::uint64_t cut = 0; cut <= size; ++cut) {
    std::optional<std::vector<std::uint64_t>> seen =
        ReadRange(file.get(), {.begin = 0, .end = cut, .file_size = size});
    const std::optional<std::vector<std::uint64_t>> rest =
        ReadRange(file.get(), {.begin = cut, .end = size, .file_size = size});
    ASSERT_TRUE(seen && rest) << cut;
    seen->insert(seen->end(), rest->begin(), rest->end());
    ASSERT_THAT(*seen, testing::ElementsAre(1, 2, 3)) << cut;
  }
}

TEST_F(FileJournalTest, ARangeRefusesALineThatIsNotOfTheForm) {
  ASSERT_THAT(Open()->Append(Make(2)), IsOk());
  SetContents(Contents() + "{}\n");
  const std::uint64_t size = Contents().size();
  const FileDescriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  EXPECT_EQ(ReadRange(file.get(), {.begin = 0, .end = size, .file_size = size}), std::nullopt);
  EXPECT_EQ(ReadRange(file.get(), {.begin = 0, .end = size - 3, .file_size = size})->size(), 2U);
}

}  // namespace
}  // namespace latchkey
