#include "store/journal/file_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "store/journal/journal_line.h"
#include "store/journal/journal_reader.h"

namespace latchkey {
namespace {

constexpr std::uint64_t kReserveStep = std::uint64_t{1024} * 1024;

std::string Reason(int error) { return std::generic_category().message(error); }

std::unexpected<Error> CannotOpen(const std::string& path, int error) {
  return Fail(Error::Code::kIo, "the journal " + path + " cannot be opened: " + Reason(error));
}

bool IsFull(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

std::unexpected<Error> Poisoned() {
  return Fail(Error::Code::kUnavailable,
              "the journal could not be written, so nothing more is written to it",
              "Check the disk, then restart Latchkey.");
}

/// 0, or errno.
int SetAside(int descriptor, std::uint64_t from, std::uint64_t to) {
  int result = 0;
  do {
    result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                       static_cast<off_t>(to - from));
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

Result<void> SyncDirectory(const std::string& directory) {
  const FileDescriptor handle{open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!handle.is_open() || fsync(handle.get()) != 0) return CannotOpen(directory, errno);
  return {};
}

class FileParts final : public JournalParts {
 public:
  /// No part at all without a file.
  FileParts(FileDescriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  [[nodiscard]] std::size_t count() const override {
    return static_cast<std::size_t>((size_ + kPartSize - 1) / kPartSize);
  }
  [[nodiscard]] Result<void> Read(std::size_t part, const JournalVisitor& visit) const override {
    const std::uint64_t begin = part * kPartSize;
    const JournalRange range{
        .begin = begin, .end = std::min(begin + kPartSize, size_), .file_size = size_};
    return ReadJournalRange(file_.get(), range, visit);
  }

 private:
  /// Thousands of lines, so that what each part costs once does not count.
  static constexpr std::uint64_t kPartSize = std::uint64_t{8} * 1024 * 1024;

  FileDescriptor file_;
  std::uint64_t size_;
};

}  // namespace

FileJournal::FileJournal(std::string directory, Access access)
    : directory_(std::move(directory)), path_(directory_ + "/" + kFileName), access_(access) {}

Result<std::unique_ptr<FileJournal>> FileJournal::Open(std::string directory, Access access) {
  std::unique_ptr<FileJournal> journal{new FileJournal(std::move(directory), access)};
  if (access == Access::kReadOnly || journal->missing()) return journal;
  if (Result<void> opened = journal->OpenExisting(); !opened) {
    return std::unexpected(opened.error());
  }
  return journal;
}

bool FileJournal::missing() const {
  struct stat status{};
  return lstat(path_.c_str(), &status) != 0 && errno == ENOENT;
}

Result<void> FileJournal::OpenExisting() {
  file_ = FileDescriptor{open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
  struct stat status{};
  if (!file_.is_open() || fstat(file_.get(), &status) != 0) return CannotOpen(path_, errno);
  const auto file_size = static_cast<std::uint64_t>(status.st_size);
  const Result<std::uint64_t> end = FindEndOfLines(file_.get(), file_size);
  if (!end) return std::unexpected(end.error());
  if (*end < file_size &&
      (ftruncate(file_.get(), static_cast<off_t>(*end)) != 0 || fsync(file_.get()) != 0)) {
    return CannotOpen(path_, errno);
  }
  size_ = *end;
  reserved_ = *end;
  return {};
}

Result<void> FileJournal::EnsureCreated() {
  if (file_.is_open()) return {};
  file_ = FileDescriptor{
      open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
  if (!file_.is_open()) {
    if (IsFull(errno)) return Fail(Error::Code::kNoSpace, "the disk has no room for a journal");
    return CannotOpen(path_, errno);
  }
  Result<void> synced = SyncDirectory(directory_);
  // Without its directory's sync the file may be gone after a power failure: better not to start
  // it.
  if (!synced) {
    unlink(path_.c_str());
    file_ = FileDescriptor{};
  }
  return synced;
}

Result<void> FileJournal::Reserve(std::size_t size) {
  if (poisoned_ || access_ == Access::kReadOnly) return Poisoned();
  if (Result<void> created = EnsureCreated(); !created) return created;
  const std::uint64_t needed = size_ + size;
  if (needed <= reserved_) return {};
  std::uint64_t end = std::max(needed, reserved_ + kReserveStep);
  int error = SetAside(file_.get(), reserved_, end);
  if (IsFull(error)) {
    end = needed;
    error = SetAside(file_.get(), reserved_, end);
  }
  if (IsFull(error)) {
    return Fail(Error::Code::kNoSpace, "the disk has no room for the audit journal",
                "Free some space; nothing was changed.");
  }
  if (error != 0 && error != EOPNOTSUPP && error != ENOSYS) {
    return Fail(Error::Code::kIo, "the journal cannot be made larger: " + Reason(error));
  }
  reserved_ = end;
  return {};
}

Result<void> FileJournal::Append(std::span<const ChangeLine> lines) {
  if (poisoned_ || access_ == Access::kReadOnly) return Poisoned();
  if (lines.empty()) return {};
  std::string bytes;
  for (const ChangeLine& line : lines) {
    if (!HasLineForm(line)) {
      return Fail(Error::Code::kInternal, "a change line is not of the journal's form");
    }
    AppendJournalLine(line, bytes);
  }
  if (const Result<void> created = EnsureCreated(); !created) {
    poisoned_ = true;
    return Poisoned();
  }
  return WriteAndSync(bytes);
}

Result<void> FileJournal::WriteAndSync(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      poisoned_ = true;
      return Poisoned();
    }
    size_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  // Never tried again: a second sync may report success for pages that the kernel has dropped.
  if (fdatasync(file_.get()) != 0) {
    poisoned_ = true;
    return Poisoned();
  }
  return {};
}

Result<void> FileJournal::Read(const LineVisitor& visit) const {
  const FileDescriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file.is_open() && errno == ENOENT) return {};
  if (!file.is_open()) return CannotOpen(path_, errno);
  return ReadJournalLines(file.get(), visit);
}

Result<std::unique_ptr<JournalParts>> FileJournal::Parts() const {
  FileDescriptor file{open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file.is_open() && errno == ENOENT) {
    return std::make_unique<FileParts>(FileDescriptor{}, std::uint64_t{0});
  }
  struct stat status{};
  if (!file.is_open() || fstat(file.get(), &status) != 0) return CannotOpen(path_, errno);
  return std::make_unique<FileParts>(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

}  // namespace latchkey
