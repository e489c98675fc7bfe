#pragma once

#include <atomic>

#include "http/client_address.h"
#include "http/exchange.h"
#include "http/request_id.h"
#include "http/server.h"

namespace latchkey::http {

/// What every connection of one server shares. Constant but for `stopping` and the ids' counter.
struct ServerContext {
  ServerSettings settings;
  Handler& handler;
  Server::AccessLog log;
  TrustedProxies proxies;
  mutable RequestIds request_ids = {};
  std::atomic<bool> stopping = false;
};

}  // namespace latchkey::http
