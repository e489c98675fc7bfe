#pragma once

// A place for a test's files.

#include <filesystem>
#include <string>
#include <string_view>

namespace latchkey {

/// A directory that goes away with its object, and everything in it. No other process has it: tests
/// run at the same time.
class ScratchDirectory {
 public:
  ScratchDirectory();
  /// Below `parent`.
  explicit ScratchDirectory(const std::filesystem::path& parent);
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// The path of a file in it.
  [[nodiscard]] std::string File(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace latchkey
