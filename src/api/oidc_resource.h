#pragma once

// Signing in with an OpenID provider. Both are pages for a browser to go to, so failures lead back
// to /login with a code and not to a problem:
//
//     GET /login/oidc/{provider}?next=/…          302 to the provider
//     GET /login/oidc/{provider}/callback?code&state   302 to next, to the second step, or to
//                                                      /login?error=CODE
//
// What was asked is kept here for ten minutes and one use, tied to the browser by a cookie.
// Somebody who is signed in proves himself again this way, at a provider that says when it saw him.
//
//     oidc-failed   the provider, or its answer, is no good      oidc-over   too late, or not asked
//     oidc-unknown  no account for who signed in there           throttled   too many failures, or
//     oidc-denied   nobody signed in there (RFC 6749 4.1.2.1)                begun and not finished
//     oidc-busy     too many wait for the provider
//
// A provider that hangs keeps four threads and 64 requests, and nothing else; an address may begin
// a hundred sign-ins that nobody finishes before it has to pause.
//
// Thread safety: any number of requests at once.

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/route.h"
#include "api/services.h"
#include "crypto/digest.h"
#include "signin/expiring_map.h"
#include "signin/sign_in_throttle.h"

namespace latchkey::api {

class OidcResource {
 public:
  /// `services` outlives the resource.
  explicit OidcResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> Begin(const Call& call) const;
  http::Awaitable<Outcome> Complete(const Call& call) const;

 private:
  struct Pending {
    Digest cookie;
    std::string provider;
    std::string next;
    oidc::Attempt attempt;
  };

  /// Runs what waits for a provider; null if too many wait already.
  template <typename F>
  http::Awaitable<std::optional<std::invoke_result_t<F&>>> Wait(F function) const;
  [[nodiscard]] const OidcProvider* Find(std::string_view name) const;
  [[nodiscard]] std::optional<Pending> Take(const http::RequestHead& head) const;
  [[nodiscard]] SignInResult<SignInOutcome> ProveAgain(const LiveSession& live,
                                                       const VerifiedIdentity& identity,
                                                       const SignInClient& client) const;
  [[nodiscard]] Outcome Finish(const http::RequestHead& head, const Pending& pending,
                               const OidcProvider& provider) const;

  // More than so many at once: the oldest have to begin again.
  static constexpr std::size_t kPendingMax = 10'000;
  static constexpr std::size_t kWaitingMax = 64;
  static constexpr std::uint32_t kUnfinishedMax = 100;

  const Services& services_;
  mutable std::mutex mutex_;
  mutable ExpiringMap<Pending> pending_{kPendingMax};
  mutable std::atomic<std::size_t> waiting_ = 0;
  mutable SignInThrottle begun_{
      {.free_failures_of_address = kUnfinishedMax, .forget_after = std::chrono::minutes{10}}};
};

}  // namespace latchkey::api
