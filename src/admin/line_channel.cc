#include "admin/line_channel.h"

#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "admin/protocol.h"

namespace latchkey::admin {
namespace {

/// Of the buffer, unless a message is larger.
constexpr std::size_t kUsualSize = std::size_t{64} * 1024;

std::unexpected<Error> Broken(const char* what, int error) {
  const bool late = error == EAGAIN || error == EWOULDBLOCK;
  return Fail(Error::Code::kUnavailable, std::string{what} + ": " +
                                             (late ? std::string{"no answer in time"}
                                                   : std::generic_category().message(error)));
}

/// Returns errno, or 0.
int SendAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

LineChannel::LineChannel(FileDescriptor socket, std::chrono::milliseconds timeout)
    : socket_(std::move(socket)) {
  pending_.reserve(kUsualSize);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  timeval limit{};
  limit.tv_sec = seconds.count();
  limit.tv_usec = std::chrono::microseconds{timeout - seconds}.count();
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

Result<void> LineChannel::Send(std::string line) {
  int error = SendAll(socket_.get(), line);
  // Sent apart, since appending it might move the line and leave a copy behind.
  if (error == 0) error = SendAll(socket_.get(), "\n");
  Wipe(line);
  if (error != 0) return Broken("the admin socket cannot be written", error);
  return {};
}

std::optional<SecretString> LineChannel::TakeLine() {
  const std::size_t end = pending_.find('\n', searched_);
  searched_ = end == std::string::npos ? pending_.size() : 0;
  if (end == std::string::npos) return std::nullopt;
  SecretString line{std::string_view{pending_}.substr(0, end)};
  const std::size_t rest = pending_.size() - end - 1;
  pending_.replace(0, rest, pending_, end + 1, rest);
  Wipe(pending_.data() + rest, pending_.size() - rest);
  pending_.resize(rest);
  return line;
}

/// A string that grows by itself would leave its smaller buffer, and what it held, behind unwiped.
void LineChannel::MakeRoom(std::size_t count) {
  if (pending_.size() + count <= pending_.capacity()) return;
  std::string larger;
  larger.reserve(std::min(2 * (pending_.size() + count), kMessageSizeMax + 1));
  larger.append(pending_);
  pending_.swap(larger);
  Wipe(larger);
}

Result<std::size_t> LineChannel::ReadMore() {
  std::array<char, 16384> buffer{};
  ssize_t size = -1;
  do {
    size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return Broken("the admin socket cannot be read", errno);
  const auto count = static_cast<std::size_t>(size);
  if (pending_.size() + count > kMessageSizeMax) {
    Wipe(buffer.data(), count);
    return Fail(Error::Code::kLimitExceeded, "the message is too long");
  }
  MakeRoom(count);
  pending_.append(buffer.data(), count);
  Wipe(buffer.data(), count);
  return count;
}

Result<std::optional<SecretString>> LineChannel::Receive() {
  while (true) {
    if (std::optional<SecretString> line = TakeLine()) return line;
    const Result<std::size_t> count = ReadMore();
    if (!count) return std::unexpected(count.error());
    if (*count > 0) continue;
    if (pending_.empty()) return std::optional<SecretString>{};
    return Fail(Error::Code::kMalformed, "the message was cut off");
  }
}

}  // namespace latchkey::admin
