#include "client_io/curl_transport.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "client/place.h"
#include "curl/easy.h"

namespace latchkey::client {
namespace {

constexpr std::size_t kBodySizeMax = std::size_t{256} << 10U;

/// What has come so far.
struct Incoming {
  std::string body;
  std::string date;
  std::string content_type;
  bool too_large = false;

  static std::size_t TakeBody(const char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& incoming = *static_cast<Incoming*>(self);
    const std::size_t total = size * count;
    if (total > kBodySizeMax - incoming.body.size()) {
      incoming.too_large = true;
      return 0;  // Ends the transfer.
    }
    incoming.body.append(bytes, total);
    return total;
  }

  static std::size_t TakeField(const char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& incoming = *static_cast<Incoming*>(self);
    const std::string_view line{bytes, size * count};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size * count;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    const std::string_view name = line.substr(0, colon);
    if (EqualsIgnoringCase(name, "Date")) incoming.date = value;
    if (EqualsIgnoringCase(name, "Content-Type")) incoming.content_type = value;
    return size * count;
  }
};

Fault::Kind KindOf(CURLcode code) {
  if (code == CURLE_COULDNT_RESOLVE_HOST) return Fault::Kind::kNoSuchHost;
  if (code == CURLE_COULDNT_CONNECT) return Fault::Kind::kNoConnection;
  if (code == CURLE_OPERATION_TIMEDOUT) return Fault::Kind::kTimeout;
  const bool certificate =
      code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  return certificate ? Fault::Kind::kCertificate : Fault::Kind::kOther;
}

/// libcurl copies each line, and forgets it with the list.
bool AddFields(const HttpRequest& request, CurlList& list) {
  bool added = list.Add("Accept: application/json, text/plain;q=0.5");
  for (const auto& [name, value] : request.fields) {
    std::string line = name;
    line.append(": ").append(value);
    added = added && list.Add(line.c_str());
  }
  if (!request.authorization.empty()) {
    std::string line;
    line.reserve(32 + request.authorization.size());
    line.append("Authorization: ").append(request.authorization.Expose());
    added = added && list.Add(line.c_str());
    Wipe(line);
  }
  return added;
}

bool IsThisMachine(const std::string& url) {
  static constexpr std::array<std::string_view, 3> kHosts{"localhost", "127.0.0.1", "[::1]"};
  const std::string_view rest = std::string_view{url}.substr(url.find("://") + 3);
  return std::ranges::any_of(kHosts, [rest](std::string_view host) {
    // The colons of an address in brackets are not the one before a port.
    return rest.starts_with(host) && rest.substr(host.size()).find_first_of(":/") == 0;
  });
}

}  // namespace

std::expected<HttpAnswer, Fault> CurlTransport::Send(const HttpRequest& request) {
  Incoming incoming;
  CurlList fields;
  std::array<char, CURL_ERROR_SIZE> reason{};
  CurlTransfer transfer{{.protocols = request.url.starts_with("https:") ? "https" : "http",
                         .connect_timeout = options_.connect_timeout,
                         .timeout = options_.timeout,
                         .ca_file = request.ca_file.empty() ? options_.ca_file : request.ca_file}};
  if (!IsThisMachine(request.url)) transfer.Set(CURLOPT_PROXY, static_cast<char*>(nullptr));
  transfer.Set(CURLOPT_URL, request.url.c_str());
  transfer.Set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  transfer.Set(CURLOPT_ERRORBUFFER, reason.data());
  transfer.Set(CURLOPT_WRITEFUNCTION, &Incoming::TakeBody);
  transfer.Set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  transfer.Set(CURLOPT_HEADERFUNCTION, &Incoming::TakeField);
  transfer.Set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
  if (request.method == "POST") {
    // Not copied by libcurl: it reads from the request.
    transfer.Set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    transfer.Set(CURLOPT_POSTFIELDS, request.body.Expose().data());
  }
  CURLcode code = CURLE_OUT_OF_MEMORY;
  if (AddFields(request, fields)) {
    transfer.Set(CURLOPT_HTTPHEADER, fields.get());
    code = transfer.Perform();
  }
  const auto status = static_cast<int>(transfer.response_code());
  SecretString body{std::move(incoming.body)};
  if (code == CURLE_OK) {
    return HttpAnswer{.status = status,
                      .date = std::move(incoming.date),
                      .content_type = std::move(incoming.content_type),
                      .body = std::move(body)};
  }
  if (incoming.too_large) {
    return std::unexpected(Fault{.kind = Fault::Kind::kOther, .text = "the answer is too large"});
  }
  const std::string why = reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
  return std::unexpected(Fault{.kind = KindOf(code), .text = why});
}

}  // namespace latchkey::client
