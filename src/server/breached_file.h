#pragma once

// The file of the setting `breached_passwords`: SHA-1 digests in upper- or lower-case hexadecimal,
// one a line, in order, each perhaps followed by `:` and a count: what Have I Been Pwned offers to
// download. It may have tens of gigabytes, so it is never read as a whole.
//
// Thread safety: any number of threads.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "signin/password_rules.h"
#include "system/file_descriptor.h"

namespace latchkey::server {

class BreachedFile final : public BreachedPasswords {
 public:
  /// Errors: kIo if it cannot be opened; kMalformed if its first line is no digest.
  [[nodiscard]] static Result<std::unique_ptr<BreachedFile>> Open(const std::string& path);

  [[nodiscard]] Result<bool> Contains(std::string_view sha1) const override;

 private:
  BreachedFile(std::string path, FileDescriptor file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  struct Line {
    std::uint64_t begin;
    std::uint64_t end;   // Where the next one begins.
    std::string digest;  // In upper case.
  };
  /// The first line that begins at `from` or after it; at the end of the file one without digest.
  [[nodiscard]] Result<Line> LineFrom(std::uint64_t from) const;
  [[nodiscard]] Result<std::string> Read(std::uint64_t from) const;

  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_;
};

}  // namespace latchkey::server
