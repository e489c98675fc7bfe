#pragma once

// Where the gate listens: a TCP address, or a Unix socket.
//
//     127.0.0.1:8200      [::1]:8200      unix:/run/latchkey/gate.sock

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "system/file_descriptor.h"

namespace latchkey::gate {

struct ListenAddress {
  /// Of a Unix socket; empty: TCP.
  std::string path;
  std::string address;  ///< An IP address without brackets.
  std::uint16_t port = 0;

  [[nodiscard]] bool is_unix() const { return !path.empty(); }
  /// As it was written.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// Errors: kInvalidArgument, saying what would do. A path is absolute and at most 107 bytes, which
/// is what the kernel takes.
[[nodiscard]] Result<ListenAddress> ParseListenAddress(std::string_view text);

/// A listening socket that does not block. `reuse_port` lets several threads have one each on the
/// same port. Of a Unix socket the file gets `mode`; a file that nobody listens on any more is
/// replaced, anything else is left alone. Port 0 is replaced in `address` by the one that was
/// taken. Errors: kInUse (the address is taken), kInvalidArgument (no such address), kIo.
[[nodiscard]] Result<FileDescriptor> Listen(ListenAddress& address, bool reuse_port, mode_t mode);

}  // namespace latchkey::gate
