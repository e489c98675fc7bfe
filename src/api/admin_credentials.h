#pragma once

// /api/v1/admin/credentials: everybody's API tokens and app passwords, for administrators; and
// those of service accounts, which nobody signs in as.
//
// Thread safety: any number of requests at once.

#include <cstdint>
#include <vector>

#include "api/credential_resource.h"
#include "api/route.h"
#include "api/services.h"
#include "authority/usage_store.h"

namespace latchkey::api {

class AdminCredentials {
 public:
  /// The references outlive the resource.
  struct Parts {
    const Services& services;
    const UsageStore& usage;
    const CredentialResource& api_tokens;
    const CredentialResource& app_passwords;
  };

  explicit AdminCredentials(const Parts& parts) : parts_(parts) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> List(const Call& call) const;
  http::Awaitable<Outcome> Revoke(const Call& call) const;
  http::Awaitable<Outcome> IssueApiToken(const Call& call) const;
  http::Awaitable<Outcome> IssueAppPassword(const Call& call) const;

 private:
  [[nodiscard]] http::Awaitable<Outcome> IssueFor(const Call& call,
                                                  const CredentialResource& resource) const;
  /// Those in force that nobody used for so long, and that are as old. Blocks.
  [[nodiscard]] Result<std::vector<CredentialId>> FindUnused(std::uint64_t days) const;

  Parts parts_;
};

}  // namespace latchkey::api
