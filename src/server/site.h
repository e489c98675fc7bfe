#pragma once

// The routes that belong to no protocol: health and metrics; and git's, which stand below all
// others.

#include <functional>
#include <string>

#include "git/git_handler.h"
#include "http/client_address.h"
#include "http/router.h"
#include "server/metrics.h"

namespace latchkey::server {

struct SiteParts {
  Metrics& metrics;
  git::GitHandler& git;
  std::function<Metrics::Gauges()> read_gauges;
  /// Nothing: ready. Otherwise why not.
  std::function<std::string()> why_not_ready;
  http::TrustedProxies metrics_readers;
};

/// `/healthz` (the process lives), `/readyz` (it can answer and change), `/metrics` and
/// `/{workspace}/{repository}/…`.
void AddSiteRoutes(http::Router& router, const SiteParts& parts);

}  // namespace latchkey::server
