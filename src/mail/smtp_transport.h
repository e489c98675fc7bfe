#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "mail/transport.h"

namespace latchkey::mail {

enum class SmtpSecurity : std::uint8_t {
  kTls,       ///< From the first byte (RFC 8314), usually port 465.
  kStartTls,  ///< STARTTLS or nothing is sent (RFC 3207), usually port 587.
  kPlain,     ///< In clear: to this machine alone.
};

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 587;
  SmtpSecurity security = SmtpSecurity::kStartTls;
  std::string user = {};  ///< Empty: no AUTH.
  SecretString password = {};
  std::string from_address;                   ///< Envelope and From.
  std::string from_name = {};                 ///< UTF-8; may be empty.
  std::string ca_file = {};                   ///< PEM. Empty: the system's.
  std::chrono::milliseconds timeout{30'000};  ///< For one letter, from connecting to its end.
};

/// One SMTP session a letter (RFC 5321). Certificates and host names are verified. Thread safety:
/// all members may be called by several threads at once.
class SmtpTransport final : public Transport {
 public:
  /// `clock` and `random` outlive it. Errors: kInvalidArgument for addresses that no header can
  /// hold, an empty host, and kPlain to anything but localhost, 127.0.0.1 or [::1].
  [[nodiscard]] static Result<SmtpTransport> Create(SmtpSettings settings, const Clock& clock,
                                                    Random& random);

  /// Errors: kInvalidArgument for what cannot be a letter and what the server refuses for good
  /// (5xx, a certificate that is not good, a password that is wrong); kUnavailable else.
  [[nodiscard]] Result<void> Send(const Message& message) override;

 private:
  SmtpTransport(SmtpSettings settings, const Clock& clock, Random& random);

  SmtpSettings settings_;
  const Clock* clock_;
  Random* random_;
};

}  // namespace latchkey::mail
