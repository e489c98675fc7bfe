#include "gate/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace latchkey::gate {

namespace {

using enum Error::Code;

constexpr std::string_view kUnixPrefix = "unix:";
constexpr int kBacklog = 4096;  // The kernel takes the less of this and net.core.somaxconn.

Error::Code CodeOf(int error) {
  if (error == EADDRINUSE) return kInUse;
  if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) return kInvalidArgument;
  return kIo;
}

std::unexpected<Error> CannotListen(const ListenAddress& address, int error) {
  return Fail(CodeOf(error),
              "cannot listen on " + address.text() + ": " + std::generic_category().message(error));
}

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

template <typename Address>
const sockaddr* Untyped(const Address& address) {
  const void* const untyped = &address;
  return static_cast<const sockaddr*>(untyped);
}

/// A file that a server left behind refuses connections; one in use does not.
Result<void> RemoveStale(const ListenAddress& address) {
  struct stat status{};
  if (::lstat(address.path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return Fail(kInUse, "cannot listen on " + address.text() + ": there is a file of that name",
                "Give the path of a socket that Latchkey may make.");
  }
  const FileDescriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_un target = UnixAddress(address.path);
  if (::connect(probe.get(), Untyped(target), sizeof(target)) == 0 || errno != ECONNREFUSED) {
    return Fail(kInUse, "cannot listen on " + address.text() + ": somebody else does");
  }
  ::unlink(address.path.c_str());
  return {};
}

Result<FileDescriptor> ListenUnix(const ListenAddress& address, mode_t mode) {
  if (Result<void> removed = RemoveStale(address); !removed) {
    return std::unexpected(removed.error());
  }
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_un name = UnixAddress(address.path);
  // The file is made for its owner alone, so that there is no moment in which it is more open than
  // it shall be.
  const bool bound = socket.get() >= 0 && ::fchmod(socket.get(), S_IRUSR | S_IWUSR) == 0 &&
                     ::bind(socket.get(), Untyped(name), sizeof(name)) == 0;
  if (!bound || ::listen(socket.get(), kBacklog) != 0 || ::chmod(address.path.c_str(), mode) != 0) {
    return CannotListen(address, errno);
  }
  return socket;
}

std::uint16_t PortOf(const FileDescriptor& socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  void* const untyped = &name;
  if (::getsockname(socket.get(), static_cast<sockaddr*>(untyped), &size) != 0) return 0;
  if (name.ss_family == AF_INET6)
    return ntohs(static_cast<const sockaddr_in6*>(untyped)->sin6_port);
  return ntohs(static_cast<const sockaddr_in*>(untyped)->sin_port);
}

Result<FileDescriptor> ListenTcp(ListenAddress& address, bool reuse_port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  const bool is_v4 = ::inet_pton(AF_INET, address.address.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, address.address.c_str(), &v6.sin6_addr) != 1) {
    return CannotListen(address, EADDRNOTAVAIL);
  }
  FileDescriptor socket{
      ::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;
  if (socket.get() < 0 ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      (reuse_port && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)) {
    return CannotListen(address, errno);
  }
  const int bound = is_v4 ? ::bind(socket.get(), Untyped(v4), sizeof(v4))
                          : ::bind(socket.get(), Untyped(v6), sizeof(v6));
  if (bound != 0 || ::listen(socket.get(), kBacklog) != 0) return CannotListen(address, errno);
  if (address.port == 0) address.port = PortOf(socket);
  return socket;
}

}  // namespace

std::string ListenAddress::text() const {
  if (is_unix()) return std::string{kUnixPrefix} + path;
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::string hint =
      "Give ADDRESS:PORT, e.g. 127.0.0.1:8200 or [::1]:8200, or unix:/PATH of at most 107 bytes.";
  ListenAddress parsed;
  if (text.starts_with(kUnixPrefix)) {
    parsed.path = text.substr(kUnixPrefix.size());
    const bool fits = parsed.path.starts_with('/') &&
                      parsed.path.size() < sizeof(sockaddr_un::sun_path) &&
                      parsed.path.find('\0') == std::string::npos;
    if (!fits) return Fail(kInvalidArgument, "not a place to listen on", hint);
    return parsed;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Fail(kInvalidArgument, "no port is given", hint);
  const std::string_view port = text.substr(colon + 1);
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  parsed.address = address;
  boost::system::error_code bad;
  boost::asio::ip::make_address(parsed.address, bad);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (bad || error != std::errc{} || end != port.data() + port.size()) {
    return Fail(kInvalidArgument, "not a place to listen on", hint);
  }
  return parsed;
}

Result<FileDescriptor> Listen(ListenAddress& address, bool reuse_port, mode_t mode) {
  return address.is_unix() ? ListenUnix(address, mode) : ListenTcp(address, reuse_port);
}

}  // namespace latchkey::gate
