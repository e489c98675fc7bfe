#include "mail/smtp_transport.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/base62.h"
#include "curl/easy.h"
#include "mail/mime.h"

namespace latchkey::mail {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{10'000};

/// What is left of a letter while libcurl reads it.
struct Upload {
  std::string_view left;

  static std::size_t Read(char* out, std::size_t size, std::size_t count, void* self) {
    std::string_view& left = static_cast<Upload*>(self)->left;
    const std::size_t taken = left.copy(out, size * count);
    left.remove_prefix(taken);
    return taken;
  }
};

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '-';
}

bool IsHost(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, IsHostCharacter);
}

bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// The path of the URL is what libcurl says in EHLO: without one it is this machine's own name.
std::string UrlOf(const SmtpSettings& settings) {
  const std::string scheme = settings.security == SmtpSecurity::kTls ? "smtps" : "smtp";
  const std::string host = settings.host == "::1" ? "[::1]" : settings.host;
  const std::string domain = settings.from_address.substr(settings.from_address.find('@') + 1);
  return scheme + "://" + host + ':' + std::to_string(settings.port) + '/' +
         (IsHost(domain) ? domain : "");
}

/// Whether no later attempt can go better: the server said so, or what is wrong is ours to change.
bool IsFinal(CURLcode code, long reply) {
  if (reply >= 400 && reply < 500) return false;
  return reply >= 500 || code == CURLE_LOGIN_DENIED || code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_FAILED_INIT;
}

std::unexpected<Error> NotTaken(const SmtpSettings& settings, CURLcode code, long reply) {
  std::string why = curl_easy_strerror(code);
  if (reply >= 400) why += ", its answer was " + std::to_string(reply);
  return Fail(IsFinal(code, reply) ? Error::Code::kInvalidArgument : Error::Code::kUnavailable,
              "the mail server " + settings.host + ':' + std::to_string(settings.port) +
                  " did not take a letter: " + why,
              "check the mail settings, and whether the server takes letters from here");
}

}  // namespace

SmtpTransport::SmtpTransport(SmtpSettings settings, const Clock& clock, Random& random)
    : settings_(std::move(settings)), clock_(&clock), random_(&random) {}

Result<SmtpTransport> SmtpTransport::Create(SmtpSettings settings, const Clock& clock,
                                            Random& random) {
  if (!IsHost(settings.host) && settings.host != "::1") {
    return Fail(Error::Code::kInvalidArgument, "the mail server's name is not a host name");
  }
  if (settings.security == SmtpSecurity::kPlain && !IsThisMachine(settings.host)) {
    return Fail(Error::Code::kInvalidArgument, "mail would go to " + settings.host + " in clear",
                "use TLS or STARTTLS; in clear goes only what stays on this machine");
  }
  const Result<void> from = ValidateAddress(settings.from_address);
  if (!from) return std::unexpected(from.error());
  return SmtpTransport{std::move(settings), clock, random};
}

Result<void> SmtpTransport::Send(const Message& message) {
  std::array<std::byte, 32> bytes{};
  const Result<void> drawn = random_->Fill(bytes);
  if (!drawn) return drawn;
  std::string unique;
  for (const std::byte byte : bytes)
    unique += kBase62Alphabet[std::to_integer<unsigned>(byte) % 62];
  const Result<SecretString> letter =
      FormatMessage({.address = settings_.from_address, .name = settings_.from_name}, message,
                    clock_->Now(), unique);
  if (!letter) return std::unexpected(letter.error());

  CurlTransfer transfer{{.protocols = "smtp,smtps",
                         .connect_timeout = kConnectTimeout,
                         .timeout = settings_.timeout,
                         .ca_file = settings_.ca_file}};
  const std::string url = UrlOf(settings_);
  transfer.Set(CURLOPT_URL, url.c_str());
  transfer.Set(CURLOPT_USE_SSL,
               static_cast<long>(settings_.security == SmtpSecurity::kPlain ? CURLUSESSL_NONE
                                                                            : CURLUSESSL_ALL));
  std::string password{settings_.password.Expose()};
  if (!settings_.user.empty()) {
    transfer.Set(CURLOPT_USERNAME, settings_.user.c_str());
    transfer.Set(CURLOPT_PASSWORD, password.c_str());
  }
  Wipe(password);  // libcurl has a copy, and frees that with the transfer.
  const std::string from = '<' + settings_.from_address + '>';
  const std::string to = '<' + message.to + '>';
  CurlList recipients;
  if (!recipients.Add(to.c_str())) return NotTaken(settings_, CURLE_OUT_OF_MEMORY, 0);
  Upload upload{letter->Expose()};
  transfer.Set(CURLOPT_MAIL_FROM, from.c_str());
  transfer.Set(CURLOPT_MAIL_RCPT, recipients.get());
  transfer.Set(CURLOPT_UPLOAD, 1L);
  transfer.Set(CURLOPT_READFUNCTION, &Upload::Read);
  transfer.Set(CURLOPT_READDATA, static_cast<void*>(&upload));
  const CURLcode code = transfer.Perform();
  if (code == CURLE_OK) return {};
  return NotTaken(settings_, code, transfer.response_code());
}

}  // namespace latchkey::mail
