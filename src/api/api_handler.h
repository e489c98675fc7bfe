#pragma once

// Latchkey's own REST interface under /api/v1, for credentials and for people who are signed in,
// and the little of Bitbucket's that clients ask first, under /2.0.
//
//     Router ─> ApiHandler::Serve ─> Guard: who may ─> a resource ─> Answer | Problem ─> one of two
//     dialects
//
// openapi.json describes every route; a test compares it with routes(). Blocking work runs on the
// pool.
//
// Thread safety: any number of requests at once.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/admin_credentials.h"
#include "api/call.h"
#include "api/catalogue_resource.h"
#include "api/credential_resource.h"
#include "api/guard.h"
#include "api/people_api.h"
#include "api/renewal_resource.h"
#include "api/route.h"
#include "api/token_endpoints.h"
#include "authority/announcer.h"
#include "authority/credential_authority.h"
#include "authority/usage_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/blocking_pool.h"
#include "http/router.h"
#include "scope/catalogue.h"
#include "verify/verifier.h"

namespace latchkey::api {

class ApiHandler {
 public:
  struct Parts {
    const Verifier& verifier;
    /// As `verifier`, on the same index, without a throttle: for introspection.
    const Verifier& introspector;
    /// Told of every use.
    UsageRecorder& usage;
    /// Shown with each credential.
    const UsageStore& usage_store;
    CredentialAuthority& credentials;
    const Catalogues& catalogues;
    const Clock& clock;
    http::BlockingPool& pool;
    PeopleParts people;
    /// Of a node of several; one alone waits for nobody.
    Announcer announcer = {};
  };

  /// The references in `parts` outlive the handler. Errors: kInvalidArgument if the catalogues lack
  /// what the routes ask for.
  [[nodiscard]] static Result<std::unique_ptr<ApiHandler>> Create(const Parts& parts,
                                                                  Settings settings);

  ApiHandler(const ApiHandler&) = delete;
  ApiHandler& operator=(const ApiHandler&) = delete;

  /// The handler outlives the router. Everything else under /api and /2.0 is answered with 404 from
  /// then on.
  void AddRoutes(http::Router& router) const;

  /// Answers where the router has no action, in the dialect of the path: for Router::SetRefusal.
  http::Awaitable<void> Refuse(http::Exchange& exchange, int status, std::string allow) const;

  /// What openapi.json describes.
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  struct Requirements {
    Requirement any;
    Requirement read_credentials;
    Requirement write_credentials;
    Requirement introspect;
    Requirement rotate;
    Requirement read_user;
  };

  ApiHandler(Parts parts, Settings settings, const Requirements& requirements);

  void AddCredentialRoutes(const CredentialResource& resource);
  [[nodiscard]] Outcome Me(const Call& call) const;
  [[nodiscard]] Outcome BitbucketUser(const Call& call) const;

  http::Awaitable<void> Serve(http::Exchange& exchange, const http::RouteParams& params,
                              const Route& route) const;
  /// Waits until the other nodes know of what was done, and says so.
  http::Awaitable<void> Announce(const http::RequestHead& head, Announcer::Mark before,
                                 Answer& answer) const;
  http::Awaitable<void> Send(http::Exchange& exchange, Dialect dialect, Outcome outcome) const;
  /// Of an answer that is written piece by piece.
  static http::Awaitable<Result<void>> Stream(http::Exchange& exchange, Answer answer);

  Settings settings_;
  Announcer announcer_;
  http::BlockingPool& pool_;
  Requirements requirements_;
  Guard guard_;
  PeopleApi people_;
  CredentialResource api_tokens_;
  CredentialResource app_passwords_;
  AdminCredentials admin_credentials_;
  CatalogueResource catalogue_;
  TokenEndpoints tokens_;
  RenewalResource renewal_;
  Routes routes_;
};

}  // namespace latchkey::api
