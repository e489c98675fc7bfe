#include "server/site.h"

#include <boost/asio/ip/address.hpp>
#include <utility>

namespace latchkey::server {
namespace {

using http::Awaitable;
using http::Exchange;
using http::RouteParams;

Awaitable<void> Answer(Exchange& exchange, int status, std::string type, std::string body) {
  http::Response response{.status = status, .fields = {}, .body = std::move(body)};
  response.fields.Set("Content-Type", std::move(type));
  co_await exchange.Respond(std::move(response));
}

constexpr const char* kPlain = "text/plain; charset=utf-8";

/// An action that answers a text made anew for each request.
http::Router::Action Text(std::function<std::pair<int, std::string>()> make,
                          std::string type = kPlain) {
  return [make = std::move(make), type = std::move(type)](Exchange& exchange, const RouteParams&) {
    auto [status, body] = make();
    return Answer(exchange, status, type, std::move(body));
  };
}

bool MayRead(const http::TrustedProxies& readers, const std::string& client_address) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client_address, error);
  return !error && readers.Trust(address);
}

Awaitable<void> HandleGit(git::GitHandler& git, Exchange& exchange, const RouteParams& params) {
  // Named first: the order in which arguments are evaluated is not defined.
  std::string workspace{params["workspace"]};
  std::string repository{params["repository"]};
  std::string rest{params["rest"]};
  return git.Handle(exchange, std::move(workspace), std::move(repository), std::move(rest));
}

}  // namespace

void AddSiteRoutes(http::Router& router, const SiteParts& parts) {
  router.Add("GET", "/healthz", Text([] { return std::pair{200, std::string{"ok\n"}}; }));
  router.Add("GET", "/readyz", Text([why_not = parts.why_not_ready] {
               const std::string reason = why_not();
               return reason.empty() ? std::pair{200, std::string{"ready\n"}}
                                     : std::pair{503, reason + "\n"};
             }));
  router.Add("GET", "/metrics",
             [&metrics = parts.metrics, read = parts.read_gauges, readers = parts.metrics_readers](
                 Exchange& exchange, const RouteParams&) {
               if (!MayRead(readers, exchange.head().client_address)) {
                 return Answer(
                     exchange, 403, kPlain,
                     "This address may not read the metrics. Setting: metrics_addresses.\n");
               }
               return Answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8",
                             metrics.Render(read()));
             });
  for (const char* method : {"GET", "POST"}) {
    router.Add(method, "/{workspace}/{repository}/{rest...}",
               [&git = parts.git](Exchange& exchange, const RouteParams& params) {
                 return HandleGit(git, exchange, params);
               });
  }
}

}  // namespace latchkey::server
