#pragma once

// The audit journal as a file, `journal.log`: JSON Lines, append-only, mode 0600. docs/operating.md
// describes it.
//
// An append is one write and one fdatasync. Room is set aside before the database commits, so that
// a disk that fills up in between does not leave the journal behind. The file is made with the
// first reservation or append, and its directory synced then.
//
// Where a crash cut an append off, the last line has no line break or is not of the documented
// form: reading leaves it out, and opening for appending cuts it off. Nobody was told of such a
// change.
//
// Thread safety: as authority/journal.h.

#include <cstdint>
#include <memory>
#include <string>

#include "authority/journal.h"
#include "system/file_descriptor.h"

namespace latchkey {

class FileJournal final : public Journal {
 public:
  static constexpr const char* kFileName = "journal.log";

  enum class Access : std::uint8_t {
    kAppend,
    kReadOnly,  ///< Changes nothing, not even a torn line; may run beside the one that appends.
  };

  /// `directory` exists. One process at a time opens it for appending: the caller holds a lock.
  /// Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<FileJournal>> Open(std::string directory,
                                                                 Access access = Access::kAppend);

  /// Sets room aside in steps of 1 MiB, or without steps when the disk is almost full. File systems
  /// that cannot do it are taken at their word: then Append() may fail. Errors: kNoSpace, kIo.
  [[nodiscard]] Result<void> Reserve(std::size_t size) override;
  /// Errors: also kInternal, with nothing written, for a line that could not be read back.
  [[nodiscard]] Result<void> Append(std::span<const ChangeLine> lines) override;
  [[nodiscard]] Result<void> Read(const LineVisitor& visit) const override;
  [[nodiscard]] Result<std::unique_ptr<JournalParts>> Parts() const override;
  [[nodiscard]] bool missing() const override;

 private:
  FileJournal(std::string directory, Access access);

  /// Opens the file if it exists, and cuts off a torn last line.
  [[nodiscard]] Result<void> OpenExisting();
  [[nodiscard]] Result<void> EnsureCreated();
  [[nodiscard]] Result<void> WriteAndSync(std::string_view bytes);

  std::string directory_;
  std::string path_;
  Access access_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;      // Of the lines in the file.
  std::uint64_t reserved_ = 0;  // Up to where there is room for sure.
  bool poisoned_ = false;
};

}  // namespace latchkey
