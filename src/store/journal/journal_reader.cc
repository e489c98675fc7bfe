#include "store/journal/journal_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "store/journal/journal_line.h"

namespace latchkey {
namespace {

// Small enough to be in the processor's cache when it is looked at.
constexpr std::size_t kPieceSize = std::size_t{256} * 1024;

std::unexpected<Error> CannotRead(int error) {
  return Fail(Error::Code::kIo,
              "the journal cannot be read: " + std::generic_category().message(error));
}

/// Fills all of `size` bytes unless the file ends before. The number of bytes read.
Result<std::size_t> ReadAt(int descriptor, char* out, std::size_t size, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count =
        pread(descriptor, out + done, size - done, static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotRead(errno);
    done += static_cast<std::size_t>(count);
  }
  return done;
}

/// Hands out whole lines. A line that is not of the form may only be the last, so it is remembered
/// until something follows it.
class LineFeed {
 public:
  explicit LineFeed(const Journal::LineVisitor& visit) : visit_(visit) {}

  /// False: stop. Then look at failure().
  bool Take(std::string_view text) {
    ++number_;
    if (bad_line_) return FailAtBadLine();
    std::optional<ChangeLine> line = ParseJournalLine(text);
    if (line) return visit_(*std::move(line));
    bad_line_ = number_;
    return true;
  }

  /// What stands after the last line break.
  void TakeTail(std::string_view tail) {
    if (bad_line_ && !tail.empty()) FailAtBadLine();
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  bool FailAtBadLine() {
    failure_ = Error{.code = Error::Code::kTampered,
                     .message = "line " + std::to_string(*bad_line_) +
                                " of the journal is not of the documented form",
                     .hint = "Restore the journal from a backup. docs/operating.md, \"Repair\"."};
    return false;
  }

  const Journal::LineVisitor& visit_;
  std::uint64_t number_ = 0;
  std::optional<std::uint64_t> bad_line_;
  std::optional<Error> failure_;
};

/// Where the line break before `end` stands, searching backwards; nothing if there is none.
Result<std::optional<std::uint64_t>> FindBreakBefore(int descriptor, std::uint64_t end) {
  std::string piece;
  while (end > 0) {
    const std::uint64_t start = end - std::min<std::uint64_t>(end, kPieceSize);
    piece.resize(static_cast<std::size_t>(end - start));
    const Result<std::size_t> read = ReadAt(descriptor, piece.data(), piece.size(), start);
    if (!read) return std::unexpected(read.error());
    const std::size_t found = std::string_view{piece}.substr(0, *read).rfind('\n');
    if (found != std::string_view::npos) return std::optional{start + found};
    end = start;
  }
  return std::optional<std::uint64_t>{};
}

/// Calls `take` with each whole line from `offset` on, up to `end` or the end of the file, and
/// where it begins, until it returns false. Returns what stands after the last line break.
template <typename Take>
Result<std::string> WalkTexts(int descriptor, std::uint64_t offset, std::uint64_t end, Take take) {
  std::vector<char> piece(kPieceSize);
  std::size_t kept = 0;  // Bytes of a line whose end was not read yet, in front.
  while (true) {
    if (piece.size() - kept < kPieceSize) piece.resize(kept + kPieceSize);
    const std::uint64_t wanted = std::min<std::uint64_t>(kPieceSize, end - offset);
    const Result<std::size_t> read =
        ReadAt(descriptor, piece.data() + kept, static_cast<std::size_t>(wanted), offset);
    if (!read) return std::unexpected(read.error());
    offset += *read;
    const std::string_view bytes{piece.data(), kept + *read};
    if (*read == 0) return std::string{bytes};

    const std::uint64_t first = offset - bytes.size();  // Where the first of them is in the file.
    std::size_t start = 0;
    std::size_t line_break = bytes.find('\n', kept);  // What was kept holds none.
    while (line_break != std::string_view::npos) {
      if (!take(bytes.substr(start, line_break - start), first + start)) return std::string{};
      start = line_break + 1;
      line_break = bytes.find('\n', start);
    }
    kept = bytes.size() - start;
    std::copy_n(piece.begin() + static_cast<std::ptrdiff_t>(start), kept, piece.begin());
  }
}

}  // namespace

Result<void> ReadJournalLines(int descriptor, const Journal::LineVisitor& visit) {
  LineFeed feed{visit};
  const auto take = [&feed](std::string_view text, std::uint64_t /*place*/) {
    return feed.Take(text);
  };
  const Result<std::string> tail =
      WalkTexts(descriptor, 0, std::numeric_limits<std::uint64_t>::max(), take);
  if (!tail) return std::unexpected(tail.error());
  if (!feed.failure()) feed.TakeTail(*tail);
  if (feed.failure()) return std::unexpected(*feed.failure());
  return {};
}

Result<void> ReadJournalRange(int descriptor, const JournalRange& range,
                              const Journal::LineVisitor& visit) {
  // From the byte before it: the rest of a line that began earlier is the part's before.
  const std::uint64_t from = range.begin == 0 ? 0 : range.begin - 1;
  ChangeLine line{.seq = 0, .batch = 0, .text = {}, .mac = {}};
  bool good = true;
  const auto take = [&](std::string_view text, std::uint64_t place) {
    if (place < range.begin) return true;
    if (place >= range.end) return false;
    good = ParseJournalLineInto(text, line);
    return good && visit(line);
  };
  const Result<std::string> tail = WalkTexts(descriptor, from, range.file_size, take);
  if (!tail) return std::unexpected(tail.error());
  if (good) return {};
  return Fail(Error::Code::kTampered, "a line of the journal is not of the documented form");
}

Result<std::uint64_t> FindEndOfLines(int descriptor, std::uint64_t file_size) {
  const Result<std::optional<std::uint64_t>> last_break = FindBreakBefore(descriptor, file_size);
  if (!last_break) return std::unexpected(last_break.error());
  if (!*last_break) return 0;
  const std::uint64_t end = **last_break + 1;
  if (end < file_size) return end;

  const Result<std::optional<std::uint64_t>> break_before =
      FindBreakBefore(descriptor, **last_break);
  if (!break_before) return std::unexpected(break_before.error());
  const std::uint64_t start = *break_before ? **break_before + 1 : 0;
  std::string line(static_cast<std::size_t>(**last_break - start), '\0');
  const Result<std::size_t> read = ReadAt(descriptor, line.data(), line.size(), start);
  if (!read) return std::unexpected(read.error());
  return ParseJournalLine(line) ? end : start;
}

}  // namespace latchkey
