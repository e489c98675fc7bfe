#pragma once

// What the server asks of others: a mail server for letters, an OpenID provider for signing in.
// Neither is asked at start.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "mail/outbox.h"
#include "mail/smtp_transport.h"
#include "oidc/curl_fetcher.h"
#include "server/settings.h"

namespace latchkey::server {

/// smtps://[USER@]HOST[:PORT] (TLS from the first byte), smtp://… (STARTTLS), smtp+plain://… (in
/// clear, to this machine alone). `from` is an address, or `Name <address>`. Errors:
/// kInvalidArgument.
[[nodiscard]] Result<mail::SmtpSettings> ParseSmtp(std::string_view url, std::string_view from);

class Outside {
 public:
  /// `clock` and `random` outlive it; `alarm` is told of each letter that was lost. Errors:
  /// kInvalidArgument (a setting, named), kIo (a file of a secret).
  [[nodiscard]] static Result<std::unique_ptr<Outside>> Create(const Settings& settings,
                                                               const std::string& public_url,
                                                               const Clock& clock, Random& random,
                                                               mail::Outbox::Alarm alarm);

  /// Null: no mail is sent.
  [[nodiscard]] mail::Outbox* outbox() { return outbox_ ? &*outbox_ : nullptr; }
  [[nodiscard]] const std::vector<api::OidcProvider>& oidc() const { return oidc_; }

 private:
  Outside() = default;
  [[nodiscard]] Result<void> OpenMail(const Settings& settings, const Clock& clock, Random& random,
                                      mail::Outbox::Alarm alarm);
  [[nodiscard]] Result<void> OpenOidc(const Settings& settings, const std::string& public_url,
                                      const Clock& clock, Random& random);

  std::optional<mail::SmtpTransport> transport_;
  std::optional<mail::Outbox> outbox_;
  oidc::CurlFetcher fetcher_{oidc::CurlFetcher::Options{}};
  std::vector<api::OidcProvider> oidc_;
};

}  // namespace latchkey::server
