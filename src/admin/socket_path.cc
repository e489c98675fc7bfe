#include "admin/socket_path.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace latchkey::admin {

Result<SocketAddress> SocketAddress::Open(const std::string& data_directory) {
  FileDescriptor directory{::open(data_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.is_open()) {
    const int error = errno;
    Error::Code code = Error::Code::kIo;
    if (error == ENOENT || error == ENOTDIR) code = Error::Code::kNotFound;
    if (error == EACCES || error == EPERM) code = Error::Code::kPermissionDenied;
    return Fail(code, "cannot open the data directory " + data_directory + ": " +
                          std::generic_category().message(error));
  }
  return SocketAddress{std::move(directory), data_directory + "/" + kSocketName};
}

SocketAddress::SocketAddress(FileDescriptor directory, std::string path)
    : directory_(std::move(directory)), path_(std::move(path)) {
  address_.sun_family = AF_UNIX;
  std::string name = path_;
  // proc(5): the descriptor stands for the directory, whatever its path is.
  if (name.size() >= sizeof(address_.sun_path)) {
    name = "/proc/self/fd/" + std::to_string(directory_.get()) + "/" + kSocketName;
  }
  name.copy(static_cast<char*>(address_.sun_path), sizeof(address_.sun_path) - 1);
}

const sockaddr* SocketAddress::get() const {
  // The socket functions take every kind of address through this one type (socket(7)).
  return reinterpret_cast<const sockaddr*>(&address_);
}

}  // namespace latchkey::admin
