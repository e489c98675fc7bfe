#pragma once

// What administrators see of the installation as a whole: its policy, its change log, its apps, its
// health.
//
//     GET PUT /api/v1/admin/policy       GET /api/v1/admin/changes, …/changes/export
//     GET     /api/v1/admin/apps         GET /api/v1/admin/health
//
// Thread safety: any number of requests at once.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "api/change_list.h"
#include "api/route.h"
#include "api/services.h"
#include "app/apps.h"
#include "authority/projection.h"

namespace latchkey::api {

/// What the program knows of itself.
struct Health {
  std::string version = {};
  std::string sqlite_version = {};
  std::chrono::seconds uptime{0};
  std::size_t credentials = 0;
  std::size_t refused_records = 0;
  std::uint64_t last_change = 0;
  std::vector<std::string> alarms = {};  ///< The newest first, since the start.
  std::string why_not_ready = {};        ///< Empty: ready.
};

class AdminSystem {
 public:
  /// The references outlive the resource.
  struct Parts {
    const Services& services;
    const Store& store;
    const ChangeCodec& codec;
    const Apps& apps;
    const Projection& projection;
    std::function<Health()> health;
  };

  explicit AdminSystem(Parts parts) : parts_(std::move(parts)) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> ShowPolicy(const Call& call) const;
  http::Awaitable<Outcome> SetPolicy(const Call& call) const;
  http::Awaitable<Outcome> ListChanges(const Call& call) const;
  http::Awaitable<Outcome> ExportChanges(const Call& call) const;
  http::Awaitable<Outcome> ListApps(const Call& call) const;
  http::Awaitable<Outcome> ShowHealth(const Call& call) const;

 private:
  [[nodiscard]] Json PolicyJson() const;
  [[nodiscard]] http::Awaitable<Result<void>> WriteExport(http::Exchange& exchange,
                                                          ChangeQuery query,
                                                          ExportFormat format) const;

  Parts parts_;
};

}  // namespace latchkey::api
