#pragma once

// What the conversations of all threads share.

#include "base/clock.h"
#include "gate/access_lines.h"
#include "gate/answer.h"
#include "gate/gatekeeper.h"
#include "http/client_address.h"
#include "http/request_id.h"
#include "http/server.h"

namespace latchkey::gate {

/// All of them outlive every conversation.
struct DeskParts {
  Gatekeeper& gatekeeper;
  const Renderer& renderer;
  const http::TrustedProxies& proxies;
  const Clock& clock;
  http::RequestIds& request_ids;
  AccessSink access;
  http::Limits limits;
};

}  // namespace latchkey::gate
