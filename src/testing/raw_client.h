#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey {

/// A connection to this machine that sends what it is told, byte for byte, and closes when it goes
/// away. A call that the system refuses does nothing; what is received then tells.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  void Send(std::string_view text) const;
  /// Everything until the server closes.
  [[nodiscard]] std::string Receive() const;

 private:
  int fd_;
};

}  // namespace latchkey
