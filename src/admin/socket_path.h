#pragma once

// Where the admin socket is, and how to name it to the kernel: a socket's address holds at most 107
// bytes, and a data directory's path may be longer.

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "base/result.h"
#include "system/file_descriptor.h"

namespace latchkey::admin {

inline constexpr const char* kSocketName = "admin.sock";

/// The address of the socket in a data directory. Holds the directory open, so that the address
/// stays good even if the directory is renamed.
class SocketAddress {
 public:
  /// Errors: kNotFound (no such directory), kPermissionDenied, kIo.
  [[nodiscard]] static Result<SocketAddress> Open(const std::string& data_directory);

  [[nodiscard]] const sockaddr* get() const;
  [[nodiscard]] socklen_t size() const { return sizeof(address_); }
  [[nodiscard]] int directory() const { return directory_.get(); }
  /// As people know it.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  SocketAddress(FileDescriptor directory, std::string path);

  FileDescriptor directory_;
  std::string path_;
  sockaddr_un address_{};
};

}  // namespace latchkey::admin
