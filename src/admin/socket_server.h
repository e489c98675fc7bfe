#pragma once

// The admin service on a UNIX socket in the data directory, for the same user of this machine and
// root alone.
//
// The socket has mode 0600 from the moment it exists, and whoever connects must have this process's
// user id or be root (SO_PEERCRED). It runs threads of its own: one that accepts, one per
// connection, at most kConnectionsMax at once; more wait in the kernel's queue. A connection that
// says nothing for a minute is closed.
//
// Thread safety: Stop() by any thread.

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "admin/line_channel.h"
#include "admin/service.h"
#include "admin/socket_path.h"
#include "base/result.h"

namespace latchkey::admin {

class SocketServer {
 public:
  static constexpr std::size_t kConnectionsMax = 64;

  /// Listens when it returns. The caller holds the data directory's lock, so a socket that is found
  /// there is of a process that ended, and is replaced. `service` outlives the server. Errors: kIo,
  /// kPermissionDenied, kNotFound (no such directory), kInUse (something else stands there).
  [[nodiscard]] static Result<std::unique_ptr<SocketServer>> Start(
      const std::string& data_directory, AdminService& service);

  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  ~SocketServer() { Stop(); }

  /// Takes no more requests, waits for those under way, and removes the socket. Calling it again
  /// does nothing.
  void Stop();

 private:
  struct Connection {
    std::unique_ptr<LineChannel> channel;
    std::thread thread;
    std::atomic<bool> done{false};
  };

  SocketServer(SocketAddress address, FileDescriptor listener, FileDescriptor wake,
               AdminService& service);

  void Run();
  void Accept();
  void Serve(Connection& connection, const std::string& actor);
  /// Joins the connections that ended, or, with `all`, every one.
  void Reap(bool all);
  void Wake() const;

  SocketAddress address_;
  FileDescriptor listener_;
  FileDescriptor wake_;
  AdminService& service_;
  std::atomic<bool> stopping_{false};
  std::list<Connection> connections_;  // Of the accepting thread alone.
  std::mutex stop_mutex_;
  std::thread thread_;
};

}  // namespace latchkey::admin
