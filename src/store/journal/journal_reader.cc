#include "store/journal/journal_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "store/journal/journal_line.h"

namespace latchkey {
namespace {

constexpr std::size_t kPieceSize = std::size_t{1024} * 1024;

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

}  // namespace

Result<void> ReadJournalLines(int descriptor, const Journal::LineVisitor& visit) {
  LineFeed feed{visit};
  std::string piece;
  std::uint64_t offset = 0;
  while (true) {
    const std::size_t kept = piece.size();
    piece.resize(kept + kPieceSize);
    const Result<std::size_t> read = ReadAt(descriptor, piece.data() + kept, kPieceSize, offset);
    if (!read) return std::unexpected(read.error());
    piece.resize(kept + *read);
    offset += *read;
    if (*read == 0) break;

    // What was kept holds no line break.
    std::size_t start = 0;
    std::size_t line_break = piece.find('\n', kept);
    while (line_break != std::string::npos) {
      if (!feed.Take(std::string_view{piece}.substr(start, line_break - start))) {
        if (feed.failure()) return std::unexpected(*feed.failure());
        return {};
      }
      start = line_break + 1;
      line_break = piece.find('\n', start);
    }
    piece.erase(0, start);
  }
  feed.TakeTail(piece);
  if (feed.failure()) return std::unexpected(*feed.failure());
  return {};
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
