#pragma once

// The port through which the command line reaches the admin service, wherever that runs.
//
// Thread safety: none; one call at a time.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "admin/json.h"
#include "admin/line_channel.h"
#include "admin/service.h"
#include "base/result.h"

namespace latchkey::admin {

class AdminPort {
 public:
  virtual ~AdminPort() = default;
  /// See AdminService::Call(). `params` may hold a secret and stays the caller's to wipe, as does
  /// the answer.
  [[nodiscard]] virtual Result<Json> Call(std::string_view method, const Json& params) = 0;
};

/// Speaks to a running server.
class SocketAdminPort final : public AdminPort {
 public:
  /// Errors: kNotFound: no server listens in that directory (nor, perhaps, is there such a
  /// directory), so the caller may open the store itself. kPermissionDenied: one may, but for
  /// another user. kUnavailable otherwise.
  [[nodiscard]] static Result<std::unique_ptr<SocketAdminPort>> Connect(
      const std::string& data_directory,
      std::chrono::milliseconds timeout = std::chrono::minutes{10});

  /// Errors beyond the service's: kUnavailable: the connection broke; what was asked for may or may
  /// not have happened.
  [[nodiscard]] Result<Json> Call(std::string_view method, const Json& params) override;

 private:
  SocketAdminPort(FileDescriptor socket, std::chrono::milliseconds timeout)
      : channel_(std::move(socket), timeout) {}

  LineChannel channel_;
};

/// Calls a service in this process.
class LocalAdminPort final : public AdminPort {
 public:
  /// `service` outlives this object.
  LocalAdminPort(AdminService& service, std::string actor)
      : service_(service), actor_(std::move(actor)) {}

  [[nodiscard]] Result<Json> Call(std::string_view method, const Json& params) override;

 private:
  AdminService& service_;
  std::string actor_;
};

}  // namespace latchkey::admin
