#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "system/file_descriptor.h"

namespace latchkey {

/// Whether all was written; errno says why not.
[[nodiscard]] bool WriteAll(const FileDescriptor& file, std::string_view text);
/// Appends what is left of the file to `text`; false (EFBIG) if that is more than `size_max` bytes.
[[nodiscard]] bool ReadAll(const FileDescriptor& file, std::string& text, std::size_t size_max);
/// Puts a file of mode 0600 that holds `text` in the place of `path`, at once and durably; false:
/// errno says why not, and what was there is there still.
[[nodiscard]] bool ReplaceFile(const std::string& path, std::string_view text);
/// Makes the name of a new file durable. Errors: kIo.
[[nodiscard]] Result<void> SyncDirectoryOf(const std::string& path);
/// The system's text for an errno value.
[[nodiscard]] std::string ErrorText(int error);

}  // namespace latchkey
