#pragma once

// Signing in and out.
//
//     GET    /api/v1/session                   who is signed in, or how one can
//     POST   /api/v1/session                   a password ─┬─> a session
//     POST   /api/v1/session/second-step       ────────────┘ a code or passkey after it
//     POST   /api/v1/session/passkey-options   what the browser asks an authenticator
//     POST   /api/v1/session/passkey           a passkey alone
//     POST   /api/v1/session/reauthenticate    one more proof for a session that lives
//     DELETE /api/v1/session                   signing out
//
// What is secret travels in cookies alone (cookies.h). A wrong password and a name that nobody has
// get the same answer after the same time.
//
// Thread safety: any number of requests at once.

#include <string_view>

#include "api/members.h"
#include "api/route.h"
#include "api/services.h"
#include "problem/json_text.h"

namespace latchkey::api {

class SignInResource {
 public:
  /// `services` outlives the resource.
  explicit SignInResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> Show(const Call& call) const;
  http::Awaitable<Outcome> Begin(const Call& call) const;
  http::Awaitable<Outcome> SecondStep(const Call& call) const;
  http::Awaitable<Outcome> PasskeyOptions(const Call& call) const;
  http::Awaitable<Outcome> Passkey(const Call& call) const;
  http::Awaitable<Outcome> Reauthenticate(const Call& call) const;
  http::Awaitable<Outcome> End(const Call& call) const;

 private:
  const Services& services_;
};

/// Signed in: the session as GET /api/v1/session tells it, with the cookies. Or what is asked for
/// next, with the attempt's cookie.
[[nodiscard]] Outcome AnswerSignIn(const Services& services,
                                   const SignInResult<SignInOutcome>& outcome);
[[nodiscard]] Outcome AnswerSignedIn(const Services& services,
                                     const SignInResult<NewSession>& signed_in);
/// Adds the cookies of a new or renewed session.
void SetSessionCookies(const Services& services, http::Fields& fields, const NewSession& made);

/// Answers are of one request and one person: no cache may keep them.
[[nodiscard]] Answer NoStoreAnswer(int status, const Json& json);

}  // namespace latchkey::api
