#include "api/api_handler.h"

#include <array>
#include <utility>

#include "api/announcement_json.h"
#include "api/bitbucket_user.h"
#include "api/credential_json.h"
#include "api/cross_site.h"
#include "api/embedded.h"
#include "base/secret.h"
#include "problem/json_text.h"

namespace latchkey::api {
namespace {

constexpr std::string_view kReadScope = "read:credential:latchkey";
constexpr std::string_view kWriteScope = "write:credential:latchkey";
constexpr std::string_view kIntrospectScope = "introspect:credential:latchkey";
constexpr std::string_view kRotateScope = "rotate:self:latchkey";

/// Answered with 404 where there is no route. OPTIONS has no route of its own, so that it tells
/// both cases apart.
constexpr std::array<std::string_view, 6> kMethods{"DELETE", "GET",  "OPTIONS",
                                                   "PATCH",  "POST", "PUT"};
constexpr std::array<std::string_view, 4> kElsewhere{"/api", "/api/{path...}", "/2.0",
                                                     "/2.0/{path...}"};

Dialect DialectOf(const http::Target& target) {
  const bool bitbucket = !target.segments.empty() && target.segments.front() == "2.0";
  return bitbucket ? Dialect::kBitbucket : Dialect::kProblem;
}

std::unexpected<Problem> NothingHere() {
  return ProblemWith(ProblemType::kNotFound, "there is nothing at this path");
}

/// An action that neither blocks nor reads a body.
template <typename F>
std::function<http::Awaitable<Outcome>(const Call&)> Quick(F function) {
  return [function = std::move(function)](const Call& call) -> http::Awaitable<Outcome> {
    co_return function(call);
  };
}

Outcome OpenApiDocument() {
  Answer answer;
  answer.response.fields.Set("Content-Type", "application/json");
  answer.response.fields.Set("Cache-Control", "public, max-age=300");
  answer.response.body = kOpenapiJson;
  return answer;
}

/// Where a resource's requests start; `resource` outlives the result.
using Method = http::Awaitable<Outcome> (CredentialResource::*)(const Call&) const;
std::function<http::Awaitable<Outcome>(const Call&)> Bind(const CredentialResource& resource,
                                                          Method method) {
  return [&resource, method](const Call& call) { return (resource.*method)(call); };
}

}  // namespace

Result<std::unique_ptr<ApiHandler>> ApiHandler::Create(const Parts& parts, Settings settings) {
  while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
  const Result<const Catalogue*> latchkey = parts.catalogues.Require(kLatchkeyApp);
  if (!latchkey) return std::unexpected(latchkey.error());
  const Result<const Catalogue*> bitbucket = parts.catalogues.Require(kBitbucketApp);
  if (!bitbucket) return std::unexpected(bitbucket.error());

  const Result<Requirement> read =
      Requirement::Build(**latchkey, {std::string{kReadScope}}, std::nullopt);
  if (!read) return std::unexpected(read.error());
  const Result<Requirement> write =
      Requirement::Build(**latchkey, {std::string{kWriteScope}}, std::nullopt);
  if (!write) return std::unexpected(write.error());
  const Result<Requirement> introspect =
      Requirement::Build(**latchkey, {std::string{kIntrospectScope}}, std::nullopt);
  if (!introspect) return std::unexpected(introspect.error());
  const Result<Requirement> rotate =
      Requirement::Build(**latchkey, {std::string{kRotateScope}}, std::nullopt);
  if (!rotate) return std::unexpected(rotate.error());
  const Result<Requirement> user =
      Requirement::Build(**bitbucket, {"read:user:bitbucket"}, std::vector<std::string>{"account"});
  if (!user) return std::unexpected(user.error());

  const Requirements requirements{.any = Requirement::AnyOf(**latchkey),
                                  .read_credentials = *read,
                                  .write_credentials = *write,
                                  .introspect = *introspect,
                                  .rotate = *rotate,
                                  .read_user = *user};
  return std::unique_ptr<ApiHandler>{new ApiHandler{parts, std::move(settings), requirements}};
}

ApiHandler::ApiHandler(Parts parts, Settings settings, const Requirements& requirements)
    : settings_(std::move(settings)),
      announcer_(parts.announcer),
      pool_(parts.pool),
      requirements_(requirements),
      guard_(parts.verifier, parts.usage, parts.clock, settings_.public_url),
      people_(parts.people, {.credentials = parts.credentials,
                             .clock = parts.clock,
                             .pool = parts.pool,
                             .settings = settings_}),
      api_tokens_(CredentialKind::kApiToken, {.guard = guard_,
                                              .services = people_.services(),
                                              .authority = parts.credentials,
                                              .usage = parts.usage_store,
                                              .clock = parts.clock,
                                              .pool = parts.pool,
                                              .settings = settings_,
                                              .read = requirements.read_credentials,
                                              .write = requirements.write_credentials}),
      app_passwords_(CredentialKind::kAppPassword, {.guard = guard_,
                                                    .services = people_.services(),
                                                    .authority = parts.credentials,
                                                    .usage = parts.usage_store,
                                                    .clock = parts.clock,
                                                    .pool = parts.pool,
                                                    .settings = settings_,
                                                    .read = requirements.read_credentials,
                                                    .write = requirements.write_credentials}),
      admin_credentials_({.services = people_.services(),
                          .usage = parts.usage_store,
                          .api_tokens = api_tokens_,
                          .app_passwords = app_passwords_}),
      catalogue_(parts.catalogues),
      tokens_({.guard = guard_,
               .verifier = parts.verifier,
               .introspector = parts.introspector,
               .authority = parts.credentials,
               .clock = parts.clock,
               .pool = parts.pool,
               .settings = settings_,
               .any = requirements_.any,
               .introspect = requirements_.introspect}),
      renewal_({.guard = guard_,
                .authority = parts.credentials,
                .clock = parts.clock,
                .pool = parts.pool,
                .settings = settings_,
                .rotate = requirements.rotate}) {
  routes_.push_back({"GET", "/api/v1/me", Dialect::kProblem,
                     Quick([this](const Call& call) { return Me(call); })});
  AddCredentialRoutes(api_tokens_);
  AddCredentialRoutes(app_passwords_);
  routes_.push_back({"POST", "/api/v1/introspect", Dialect::kProblem,
                     [this](const Call& call) { return tokens_.Introspect(call); }});
  routes_.push_back({"POST", "/api/v1/revoke", Dialect::kProblem,
                     [this](const Call& call) { return tokens_.Revoke(call); }});
  routes_.push_back({"POST", "/api/v1/credentials/self/rotate", Dialect::kProblem,
                     [this](const Call& call) { return renewal_.Rotate(call); }});
  routes_.push_back({"POST", "/api/v1/credentials/self/activate", Dialect::kProblem,
                     [this](const Call& call) { return renewal_.Activate(call); }});
  routes_.push_back({"GET", "/api/v1/catalogue", Dialect::kProblem,
                     Quick([this](const Call& /*call*/) { return catalogue_.List(); })});
  routes_.push_back(
      {"GET", "/api/v1/catalogue/{app}", Dialect::kProblem,
       Quick([this](const Call& call) { return catalogue_.Show(call.params["app"]); })});
  routes_.push_back({"GET", "/api/v1/openapi.json", Dialect::kProblem,
                     Quick([](const Call& /*call*/) { return OpenApiDocument(); })});
  routes_.push_back({"GET", "/2.0/user", Dialect::kBitbucket,
                     Quick([this](const Call& call) { return BitbucketUser(call); })});
  people_.AddTo(routes_);
  admin_credentials_.AddTo(routes_);
}

void ApiHandler::AddCredentialRoutes(const CredentialResource& resource) {
  const std::string all{resource.path()};
  const std::string one = all + "/{id}";
  const auto add = [&](std::string_view method, const std::string& pattern, Method action) {
    routes_.push_back({method, pattern, Dialect::kProblem, Bind(resource, action)});
  };
  add("GET", all, &CredentialResource::List);
  add("POST", all, &CredentialResource::Issue);
  add("GET", one, &CredentialResource::Show);
  add("PATCH", one, &CredentialResource::Rename);
  add("DELETE", one, &CredentialResource::Revoke);
  add("POST", all + "/revoke", &CredentialResource::RevokeMany);
}

void ApiHandler::AddRoutes(http::Router& router) const {
  for (const Route& route : routes_) {
    // With a slash at its end too, which the router would otherwise look for only where nothing
    // else matches.
    for (const std::string& pattern : {route.pattern, route.pattern + "/"}) {
      router.Add(route.method, pattern,
                 [this, &route](http::Exchange& exchange, const http::RouteParams& params) {
                   return Serve(exchange, params, route);
                 });
    }
  }
  for (const std::string_view pattern : kElsewhere) {
    for (const std::string_view method : kMethods) {
      router.Add(method, pattern, [this](http::Exchange& exchange, const http::RouteParams&) {
        return Refuse(exchange, 404, "");
      });
    }
  }
}

Outcome ApiHandler::Me(const Call& call) const {
  const OrProblem<Grant> grant = guard_.Admit(call.exchange, requirements_.any, "me");
  if (!grant) return std::unexpected(grant.error());
  return Answer{.response = JsonResponse(200, HolderJson(grant->holder()))};
}

Outcome ApiHandler::BitbucketUser(const Call& call) const {
  const OrProblem<Grant> grant =
      guard_.Admit(call.exchange, requirements_.read_user, "bitbucket.user");
  if (!grant) return std::unexpected(grant.error());
  const Json json = BitbucketUserJson(*grant->holder().account, settings_.public_url);
  Answer answer{.response = JsonResponse(200, json)};
  answer.response.fields.Set("Content-Type", "application/json; charset=utf-8");
  return answer;
}

http::Awaitable<void> ApiHandler::Serve(http::Exchange& exchange, const http::RouteParams& params,
                                        const Route& route) const {
  const OrProblem<void> single = RequireOneCredential(exchange.head());
  const Call call{.exchange = exchange, .params = params};
  Outcome outcome = NothingHere();
  if (single) {
    const Announcer::Mark before = announcer_.Begin();
    outcome = co_await route.action(call);
    if (outcome && !IsReading(exchange.head().method)) {
      co_await Announce(exchange.head(), before, *outcome);
    }
  } else {
    outcome = std::unexpected(single.error());
  }
  co_await Send(exchange, route.dialect, std::move(outcome));
}

http::Awaitable<void> ApiHandler::Announce(const http::RequestHead& head, Announcer::Mark before,
                                           Answer& answer) const {
  const std::vector<std::string> wait = head.target.QueryValues("wait");
  const Announcer::Kind kind{.revocation = answer.revocation,
                             .no_wait = wait == std::vector<std::string>{"false"}};
  if (!announcer_.HasToFinish(before, kind)) co_return;
  const auto finish = [&] { return announcer_.Finish(before, kind); };
  const Announcement said = co_await http::RunBlocking(pool_, finish);
  AddAnnouncement(said, answer.response);
}

http::Awaitable<void> ApiHandler::Refuse(http::Exchange& exchange, int status,
                                         std::string allow) const {
  Outcome outcome = NothingHere();
  const OrProblem<void> single = RequireOneCredential(exchange.head());
  if (!single) {
    outcome = std::unexpected(single.error());
  } else if (status == 405 && allow.find("OPTIONS") == std::string::npos) {
    outcome = std::unexpected(Problem{.type = ProblemType::kMethodNotAllowed,
                                      .detail = "This path does not know the request's method.",
                                      .allow = std::move(allow)});
  }
  co_await Send(exchange, DialectOf(exchange.head().target), std::move(outcome));
}

http::Awaitable<void> ApiHandler::Send(http::Exchange& exchange, Dialect dialect,
                                       Outcome outcome) const {
  http::Response response;
  if (outcome) {
    response = std::move(outcome->response);
  } else if (dialect == Dialect::kBitbucket) {
    response = FormatBitbucketError(outcome.error(), settings_.realm);
  } else {
    response = FormatProblem(outcome.error(), settings_.realm, exchange.head().request_id);
  }
  // Nobody is left to tell when an answer cannot be sent; the exchange notes it.
  const bool streams = outcome && (outcome->holds_secret || outcome->write_body);
  if (!streams) {
    const Result<void> ignored = co_await exchange.Respond(std::move(response));
    static_cast<void>(ignored);
    co_return;
  }
  outcome->response = std::move(response);
  const Result<void> sent = co_await Stream(exchange, std::move(*outcome));
  static_cast<void>(sent);
}

http::Awaitable<Result<void>> ApiHandler::Stream(http::Exchange& exchange, Answer answer) {
  http::Response& response = answer.response;
  // The one copy of a secret stays here and can be wiped.
  const SecretString body{std::move(response.body)};
  if (!answer.write_body) response.fields.Set("Content-Length", std::to_string(body.size()));
  Result<void> sent = co_await exchange.StartStream(response.status, std::move(response.fields));
  if (!sent) co_return sent;
  if (answer.write_body) {
    sent = co_await answer.write_body(exchange);
  } else {
    sent = co_await exchange.Write(body.Expose());
  }
  if (!sent) {
    exchange.Abort();
    co_return sent;
  }
  co_return co_await exchange.FinishStream();
}

}  // namespace latchkey::api
