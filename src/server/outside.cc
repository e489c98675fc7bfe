#include "server/outside.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <cerrno>
#include <utility>

#include "system/file_io.h"

namespace latchkey::server {
namespace {

using enum Error::Code;
using mail::SmtpSecurity;

struct SmtpScheme {
  std::string_view name;
  SmtpSecurity security;
  std::uint16_t port;
};

constexpr std::array kSchemes{SmtpScheme{"smtps", SmtpSecurity::kTls, 465},
                              SmtpScheme{"smtp", SmtpSecurity::kStartTls, 587},
                              SmtpScheme{"smtp+plain", SmtpSecurity::kPlain, 25}};

std::unexpected<Error> BadSmtpUrl() {
  return Fail(kInvalidArgument, "setting smtp_url: the value cannot be used",
              "Give smtps://USER@HOST:465, smtp://USER@HOST:587 (STARTTLS), or "
              "smtp+plain://localhost:25; the password stands in the file of smtp_password_file.");
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A secret that stands in a file of its own, without the line break at its end. Empty without one.
Result<SecretString> ReadSecretFile(std::string_view setting, const std::string& path) {
  if (path.empty()) return SecretString{};
  constexpr std::size_t kSizeMax = 4096;
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::string text;
  text.reserve(kSizeMax);  // Growing would leave a copy behind.
  if (!file.is_open() || !ReadAll(file, text, kSizeMax)) {
    return Fail(
        kIo,
        "setting " + std::string{setting} + ": " + path + " cannot be read: " + ErrorText(errno),
        "It holds the secret and nothing else, for the server's user alone to read.");
  }
  SecretString secret{Trimmed(text)};
  Wipe(text);
  return secret;
}

bool IsName(std::string_view text) {
  constexpr std::size_t kSizeMax = 32;
  return !text.empty() && text.size() <= kSizeMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

Result<mail::SmtpSettings> ParseSmtp(std::string_view url, std::string_view from) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed || parsed->has_query() || parsed->has_fragment() || parsed->has_password()) {
    return BadSmtpUrl();
  }
  mail::SmtpSettings smtp;
  const std::string scheme = parsed->scheme();
  const auto* const known = std::ranges::find(kSchemes, scheme, &SmtpScheme::name);
  const bool no_path = parsed->encoded_path().empty() || parsed->encoded_path() == "/";
  if (known == kSchemes.end() || parsed->encoded_host().empty() || !no_path) return BadSmtpUrl();
  smtp.security = known->security;
  smtp.host = parsed->host_address();
  smtp.port = parsed->has_port() ? parsed->port_number() : known->port;
  smtp.user = parsed->user();
  std::string_view address = from;
  if (const std::size_t open = from.find('<'); open != std::string_view::npos) {
    if (!from.ends_with('>')) {
      return Fail(kInvalidArgument, "setting mail_from: the value cannot be used",
                  "Give an address, or Name <address>.");
    }
    smtp.from_name = Trimmed(from.substr(0, open));
    address = from.substr(open + 1, from.size() - open - 2);
  }
  smtp.from_address = Trimmed(address);
  if (Result<void> usable = mail::ValidateAddress(smtp.from_address); !usable) {
    return Fail(kInvalidArgument, "setting mail_from: " + usable.error().message,
                "It is needed with smtp_url: the address that letters come from.");
  }
  return smtp;
}

Result<std::unique_ptr<Outside>> Outside::Create(const Settings& settings,
                                                 const std::string& public_url, const Clock& clock,
                                                 Random& random, mail::Outbox::Alarm alarm) {
  std::unique_ptr<Outside> outside{new Outside};
  Result<void> opened = outside->OpenMail(settings, clock, random, std::move(alarm));
  if (opened) opened = outside->OpenOidc(settings, public_url, clock, random);
  if (!opened) return std::unexpected(opened.error());
  return outside;
}

Result<void> Outside::OpenMail(const Settings& settings, const Clock& clock, Random& random,
                               mail::Outbox::Alarm alarm) {
  if (settings.smtp_url.empty()) return {};
  Result<mail::SmtpSettings> smtp = ParseSmtp(settings.smtp_url, settings.mail_from);
  if (!smtp) return std::unexpected(smtp.error());
  Result<SecretString> password = ReadSecretFile("smtp_password_file", settings.smtp_password_file);
  if (!password) return std::unexpected(password.error());
  smtp->password = std::move(*password);
  smtp->ca_file = settings.smtp_ca_file;
  Result<mail::SmtpTransport> transport =
      mail::SmtpTransport::Create(std::move(*smtp), clock, random);
  if (!transport) {
    return Fail(transport.error().code, "setting smtp_url: " + transport.error().message,
                transport.error().hint);
  }
  transport_.emplace(std::move(*transport));
  outbox_.emplace(*transport_, mail::Outbox::Options{}, std::move(alarm));
  return {};
}

Result<void> Outside::OpenOidc(const Settings& settings, const std::string& public_url,
                               const Clock& clock, Random& random) {
  if (settings.oidc_issuer.empty()) return {};
  if (!IsName(settings.oidc_name)) {
    return Fail(kInvalidArgument, "setting oidc_name: the value cannot be used",
                "It stands in addresses: lower-case letters, digits and dashes.");
  }
  Result<SecretString> secret =
      ReadSecretFile("oidc_client_secret_file", settings.oidc_client_secret_file);
  if (!secret) return std::unexpected(secret.error());
  Result<std::unique_ptr<oidc::Provider>> provider = oidc::Provider::Create(
      {.issuer = settings.oidc_issuer,
       .client_id = settings.oidc_client_id,
       .client_secret = std::move(*secret),
       .redirect_uri = public_url + "/login/oidc/" + settings.oidc_name + "/callback"},
      fetcher_, clock, random);
  if (!provider) {
    return Fail(provider.error().code, "settings oidc_…: " + provider.error().message,
                provider.error().hint);
  }
  oidc_.push_back(
      {.name = settings.oidc_name, .title = settings.oidc_title, .provider = std::move(*provider)});
  return {};
}

}  // namespace latchkey::server
