#include "server/site.h"

#include <boost/asio/ip/address.hpp>
#include <ranges>
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

std::string FrontPage(const std::string& public_url) {
  return "Latchkey: scoped API tokens and app passwords.\n\n"
         "Who am I         curl -u x-token-auth " +
         public_url +
         "/api/v1/me\n"
         "Clone            git clone " +
         public_url +
         "/WORKSPACE/REPOSITORY.git\n"
         "API description  " +
         public_url +
         "/api/v1/openapi.json\n\n"
         "Credentials are made with the command line: latchkey token create --help\n";
}

/// Whether it may be a scope or an app: what else stands in a query is not repeated.
bool IsName(std::string_view text) {
  constexpr std::size_t kSizeMax = 64;
  return !text.empty() && text.size() <= kSizeMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:-") == std::string_view::npos;
}

/// The command that makes an API token with the app and scopes of the query.
std::string HowToMakeOne(const http::Target& target) {
  std::string command = "latchkey token create --data DIR --account USERNAME --name NAME";
  for (const std::string& app : target.QueryValues("app")) {
    if (IsName(app)) command += " --app " + app;
  }
  for (const std::string& scopes : target.QueryValues("scopes")) {
    for (const auto part : std::views::split(std::string_view{scopes}, ',')) {
      const std::string_view scope{part.begin(), part.end()};
      if (IsName(scope)) command += " --scope " + std::string{scope};
    }
  }
  return "On the machine that runs Latchkey, as the user that runs it:\n\n    " + command +
         " --expires 90d\n";
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
  router.Add("GET", "/", Text([url = parts.public_url] { return std::pair{200, FrontPage(url)}; }));
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
  for (const char* pattern : {"/login", "/settings", "/settings/{page...}"}) {
    router.Add("GET", pattern, Text([] {
                 return std::pair{
                     401, std::string{"There are no pages to sign in to in this release. Use the "
                                      "command line: latchkey token create --help\n"}};
               }));
  }
  // Where the text of a missing scope points to.
  router.Add("GET", "/settings/api-tokens/new", [](Exchange& exchange, const RouteParams&) {
    return Answer(exchange, 200, kPlain, HowToMakeOne(exchange.head().target));
  });
  for (const char* method : {"GET", "POST"}) {
    router.Add(method, "/{workspace}/{repository}/{rest...}",
               [&git = parts.git](Exchange& exchange, const RouteParams& params) {
                 return HandleGit(git, exchange, params);
               });
  }
}

}  // namespace latchkey::server
