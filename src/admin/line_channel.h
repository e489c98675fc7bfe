#pragma once

// Lines over a connected socket, each at most kMessageSizeMax. What was sent or received may hold a
// secret, so every buffer is wiped.
//
// Thread safety: none; one user at a time. Another thread may shut the socket down to end a wait.

#include <chrono>
#include <optional>
#include <string>

#include "admin/socket_path.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey::admin {

class LineChannel {
 public:
  LineChannel(FileDescriptor socket, std::chrono::milliseconds timeout);
  LineChannel(const LineChannel&) = delete;
  LineChannel& operator=(const LineChannel&) = delete;
  ~LineChannel() { Wipe(pending_); }

  /// Sends `line` and a line break, and wipes it. Errors: kUnavailable.
  [[nodiscard]] Result<void> Send(std::string line);

  /// The next line without its break; nothing when the other end is done.
  /// Errors: kUnavailable (also after `timeout` of silence), kLimitExceeded, kMalformed (an
  /// unfinished line).
  [[nodiscard]] Result<std::optional<SecretString>> Receive();

  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  [[nodiscard]] std::optional<SecretString> TakeLine();
  [[nodiscard]] Result<std::size_t> ReadMore();
  void MakeRoom(std::size_t count);

  FileDescriptor socket_;
  std::string pending_;
  std::size_t searched_ = 0;  // So far there is no line break.
};

}  // namespace latchkey::admin
