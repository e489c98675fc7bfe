#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "client/ports.h"

namespace latchkey::client {

/// `logins.json` in a folder of the person's own, mode 0600, and beside it `lock`, which whoever
/// changes it holds (flock(2)). The folder is made when something is written.
class DirectoryBook final : public BookFile {
 public:
  static constexpr std::chrono::milliseconds kPatience{8'000};

  explicit DirectoryBook(std::string directory) : directory_(std::move(directory)) {}

  [[nodiscard]] Result<LoginBook> Read() override;
  [[nodiscard]] Result<void> Write(const LoginBook& book) override;
  [[nodiscard]] Result<std::unique_ptr<Held>> Hold() override;

 private:
  std::string directory_;
};

/// Makes the folder, mode 0700, if it is not there. Errors: kIo, kPermissionDenied (others may
/// write to it).
[[nodiscard]] Result<void> MakePrivateDirectory(const std::string& directory);

/// A file that only its owner may read, whole. Errors: kNotFound, kIo, kPermissionDenied (others
/// may read it).
[[nodiscard]] Result<SecretString> ReadPrivateFile(const std::string& path);
/// By way of another name, mode 0600, durable. Errors: kIo.
[[nodiscard]] Result<void> WritePrivateFile(const std::string& path, std::string_view text);

}  // namespace latchkey::client
