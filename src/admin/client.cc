#include "admin/client.h"

#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "admin/protocol.h"

namespace latchkey::admin {
namespace {

using enum Error::Code;

std::unexpected<Error> CannotConnect(const std::string& path, int error) {
  if (error == ENOENT || error == ECONNREFUSED) {
    return Fail(kNotFound, "no server listens on " + path);
  }
  const bool denied = error == EACCES || error == EPERM;
  return Fail(denied ? kPermissionDenied : kUnavailable,
              "cannot connect to " + path + ": " + std::generic_category().message(error),
              denied ? "Run this as the user that runs the server, or as root." : "");
}

}  // namespace

Result<std::unique_ptr<SocketAdminPort>> SocketAdminPort::Connect(
    const std::string& data_directory, std::chrono::milliseconds timeout) {
  const Result<SocketAddress> address = SocketAddress::Open(data_directory);
  if (!address) return std::unexpected(address.error());
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!socket.is_open()) return CannotConnect(address->path(), errno);
  if (::connect(socket.get(), address->get(), address->size()) != 0) {
    return CannotConnect(address->path(), errno);
  }
  return std::unique_ptr<SocketAdminPort>{new SocketAdminPort{std::move(socket), timeout}};
}

Result<Json> SocketAdminPort::Call(std::string_view method, const Json& params) {
  std::string line = FormatRequest(method, params);
  if (line.size() >= kMessageSizeMax) {
    Wipe(line);
    return Fail(kLimitExceeded, "this is more than one request can hold");
  }
  Result<void> sent = channel_.Send(std::move(line));
  Result<std::optional<SecretString>> answer =
      sent ? channel_.Receive() : std::unexpected(sent.error());
  if (!answer || !*answer) {
    return Fail(kUnavailable,
                "the server ended the connection before it answered" +
                    (answer ? std::string{} : " (" + answer.error().message + ")"),
                R"(What was asked for may or may not have happened; "list" and "show" tell.)");
  }
  return ParseAnswer((*answer)->Expose());
}

Result<Json> LocalAdminPort::Call(std::string_view method, const Json& params) {
  return service_.Call(method, params, Caller{.actor = actor_, .origin = {}, .request_id = {}});
}

}  // namespace latchkey::admin
