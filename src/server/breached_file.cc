#include "server/breached_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "system/file_io.h"

namespace latchkey::server {
namespace {

using enum Error::Code;

constexpr std::size_t kDigestSize = 40;
/// Two lines fit, with whatever count.
constexpr std::size_t kBlock = 256;

bool IsDigest(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  return text.size() == kDigestSize && text.find_first_not_of(kHex) == std::string_view::npos;
}

std::string Upper(std::string_view text) {
  std::string upper{text};
  for (char& c : upper) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

Result<std::unique_ptr<BreachedFile>> BreachedFile::Open(const std::string& path) {
  FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat status{};
  if (!file.is_open() || fstat(file.get(), &status) != 0) {
    return Fail(kIo,
                "the list of breached passwords " + path + " cannot be opened: " + ErrorText(errno),
                "Setting: breached_passwords.");
  }
  std::unique_ptr<BreachedFile> list{
      new BreachedFile{path, std::move(file), static_cast<std::uint64_t>(status.st_size)}};
  const Result<Line> first = list->LineFrom(0);
  if (!first) return std::unexpected(first.error());
  return list;
}

Result<std::string> BreachedFile::Read(std::uint64_t from) const {
  std::string block(kBlock, '\0');
  const ssize_t size = pread(file_.get(), block.data(), block.size(), static_cast<off_t>(from));
  if (size < 0) {
    return Fail(kIo, "the list of breached passwords cannot be read: " + ErrorText(errno),
                "Setting: breached_passwords.");
  }
  block.resize(static_cast<std::size_t>(size));
  return block;
}

Result<BreachedFile::Line> BreachedFile::LineFrom(std::uint64_t from) const {
  // The byte before tells whether a line begins right here.
  const std::uint64_t read_from = from == 0 ? 0 : from - 1;
  const Result<std::string> block = Read(read_from);
  if (!block) return std::unexpected(block.error());
  std::size_t begin = 0;
  if (from != 0) begin = std::min(block->find('\n'), block->size()) + 1;
  if (read_from + begin >= size_) return Line{.begin = size_, .end = size_, .digest = {}};
  const std::size_t end = std::min(block->find('\n', begin), block->size());
  std::string digest = Upper(std::string_view{*block}.substr(begin, kDigestSize));
  if (!IsDigest(digest)) {
    return Fail(kMalformed,
                path_ + " has a line at byte " + std::to_string(read_from + begin) +
                    " that does not begin with a SHA-1 digest",
                "Setting: breached_passwords. It takes the list \"ordered by hash\".");
  }
  return Line{.begin = read_from + begin, .end = read_from + end + 1, .digest = std::move(digest)};
}

Result<bool> BreachedFile::Contains(std::string_view sha1) const {
  std::uint64_t low = 0;
  std::uint64_t high = size_;  // No line that begins here or later is it.
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const Result<Line> line = LineFrom(middle);
    if (!line) return std::unexpected(line.error());
    if (line->digest == sha1) return true;
    if (line->begin >= high || line->digest > sha1) {
      high = middle;
    } else {
      low = line->end;
    }
  }
  return false;
}

}  // namespace latchkey::server
