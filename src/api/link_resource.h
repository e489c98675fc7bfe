#pragma once

// One-time links, and asking for one.
//
//     POST /api/v1/links/inspect     what the link is for
//     POST /api/v1/links/accept      uses it: a password, and somebody is signed in
//     POST /api/v1/password-reset    mails one, if there is such an account
//
// The link's text comes in the body: the page has it from the fragment of its address, which no
// browser sends.
//
// Thread safety: any number of requests at once.

#include "api/route.h"
#include "api/services.h"

namespace latchkey::api {

class LinkResource {
 public:
  /// `services` outlives the resource.
  explicit LinkResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> Inspect(const Call& call) const;
  http::Awaitable<Outcome> Accept(const Call& call) const;
  /// 202 whether or not there is such an account, and at once: what is to be done is done after.
  http::Awaitable<Outcome> RequestReset(const Call& call) const;

 private:
  const Services& services_;
};

/// PUBLIC_URL/link#TEXT
[[nodiscard]] SecretString LinkUrl(const Settings& settings, const SecretString& text);

/// Mails a link to its account, if there is mail. Returns whether it did.
bool MailLink(const Services& services, const Account& account, const NewLink& link);

}  // namespace latchkey::api
