#include "admin/socket_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "admin/actor.h"
#include "admin/protocol.h"

namespace latchkey::admin {
namespace {

using enum Error::Code;

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr std::chrono::seconds kIdleMax{60};
constexpr int kBacklog = 128;

std::unexpected<Error> SystemError(const std::string& what, int error) {
  const bool denied = error == EACCES || error == EPERM;
  return Fail(denied ? kPermissionDenied : kIo,
              what + ": " + std::generic_category().message(error));
}

/// Removes the socket of a process that ended, and nothing else.
Result<void> RemoveStale(const SocketAddress& address) {
  struct stat found{};
  if (::fstatat(address.directory(), kSocketName, &found, AT_SYMLINK_NOFOLLOW) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return Fail(kInUse, address.path() + " is not a socket", "Move it away.");
  }
  if (::unlinkat(address.directory(), kSocketName, 0) == 0) return {};
  return SystemError("cannot remove the old socket " + address.path(), errno);
}

Result<FileDescriptor> Listen(const SocketAddress& address) {
  FileDescriptor listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!listener.is_open()) return SystemError("cannot make a socket", errno);
  // The file takes its mode from the socket (Linux, less the umask), so it is never open to others,
  // not even between bind() and a chmod(); and no other thread sees a changed umask.
  if (::fchmod(listener.get(), kOwnerOnly) != 0) return SystemError("cannot set a mode", errno);
  if (::bind(listener.get(), address.get(), address.size()) != 0) {
    return SystemError("cannot make the socket " + address.path(), errno);
  }
  struct stat made{};
  const bool owner_only =
      ::fstatat(address.directory(), kSocketName, &made, AT_SYMLINK_NOFOLLOW) == 0 &&
      (made.st_mode & ~kOwnerOnly & (S_IRWXU | S_IRWXG | S_IRWXO)) == 0;
  if (!owner_only) {
    ::unlinkat(address.directory(), kSocketName, 0);
    return Fail(kPermissionDenied, "the socket " + address.path() + " would be open to others");
  }
  if (::listen(listener.get(), kBacklog) != 0) return SystemError("cannot listen", errno);
  return listener;
}

/// The user at the other end, if it may speak here.
std::optional<uid_t> AllowedPeer(int fd) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  if (peer.uid != ::geteuid() && peer.uid != 0) return std::nullopt;
  return peer.uid;
}

}  // namespace

Result<std::unique_ptr<SocketServer>> SocketServer::Start(const std::string& data_directory,
                                                          AdminService& service) {
  Result<SocketAddress> address = SocketAddress::Open(data_directory);
  if (!address) return std::unexpected(address.error());
  if (Result<void> removed = RemoveStale(*address); !removed) {
    return std::unexpected(removed.error());
  }
  Result<FileDescriptor> listener = Listen(*address);
  if (!listener) return std::unexpected(listener.error());
  FileDescriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake.is_open()) return SystemError("cannot make an event", errno);
  return std::unique_ptr<SocketServer>{
      new SocketServer{std::move(*address), std::move(*listener), std::move(wake), service}};
}

SocketServer::SocketServer(SocketAddress address, FileDescriptor listener, FileDescriptor wake,
                           AdminService& service)
    : address_(std::move(address)),
      listener_(std::move(listener)),
      wake_(std::move(wake)),
      service_(service),
      thread_([this] { Run(); }) {}

void SocketServer::Wake() const {
  const std::uint64_t one = 1;
  // It can only fail when it is set already, which does as well.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

void SocketServer::Stop() {
  const std::scoped_lock lock{stop_mutex_};
  if (!thread_.joinable()) return;
  stopping_ = true;
  Wake();
  thread_.join();
  ::unlinkat(address_.directory(), kSocketName, 0);
}

void SocketServer::Run() {
  while (!stopping_) {
    Reap(/*all=*/false);
    // With all connections taken, only the event is waited for: a connection that ends sets it.
    const nfds_t count = connections_.size() < kConnectionsMax ? 2 : 1;
    std::array<pollfd, 2> wanted{pollfd{wake_.get(), POLLIN, 0},
                                 pollfd{listener_.get(), POLLIN, 0}};
    if (::poll(wanted.data(), count, -1) < 0 && errno != EINTR) break;
    std::uint64_t events = 0;
    [[maybe_unused]] const ssize_t size = ::read(wake_.get(), &events, sizeof(events));
    if (!stopping_ && count == 2 && (wanted[1].revents & POLLIN) != 0) Accept();
  }
  Reap(/*all=*/true);
}

void SocketServer::Accept() {
  FileDescriptor socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (!socket.is_open()) return;
  const std::optional<uid_t> peer = AllowedPeer(socket.get());
  if (!peer) return;
  Connection& connection = connections_.emplace_back();
  connection.channel = std::make_unique<LineChannel>(std::move(socket), kIdleMax);
  connection.thread = std::thread{[this, &connection, actor = ActorFor(*peer)] {
    Serve(connection, actor);
    connection.done = true;
    Wake();
  }};
}

void SocketServer::Serve(Connection& connection, const std::string& actor) {
  const Caller caller{.actor = actor, .origin = {}, .request_id = {}};
  while (!stopping_) {
    const Result<std::optional<SecretString>> line = connection.channel->Receive();
    if (!line || !*line) return;
    Result<Request> request = ParseRequest((*line)->Expose());
    Result<Json> answer = std::unexpected(Error{kMalformed, {}});
    if (request) {
      answer = service_.Call(request->method, request->params, caller);
      WipeTexts(request->params);
    } else {
      answer = std::unexpected(request.error());
    }
    const Result<void> sent = connection.channel->Send(FormatAnswer(answer));
    if (answer) WipeTexts(*answer);
    if (!sent || !request) return;
  }
}

void SocketServer::Reap(bool all) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!all && !it->done) {
      ++it;
      continue;
    }
    // Ends a wait for the next request; the answer under way can still be sent.
    ::shutdown(it->channel->fd(), SHUT_RD);
    it->thread.join();
    it = connections_.erase(it);
  }
}

}  // namespace latchkey::admin
