#include "oidc/curl_fetcher.h"

#include <algorithm>
#include <array>

#include "curl/easy.h"

namespace latchkey::oidc {
namespace {

/// What has come so far.
struct Download {
  std::string body;
  std::size_t size_max;
  bool too_large = false;

  static std::size_t Write(const char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& download = *static_cast<Download*>(self);
    const std::size_t total = size * count;
    if (total > download.size_max - download.body.size()) {
      download.too_large = true;
      return 0;  // Ends the transfer.
    }
    download.body.append(bytes, total);
    return total;
  }
};

/// For messages: without a query, which may hold something secret.
std::string WithoutQuery(std::string_view url) { return std::string{url.substr(0, url.find('?'))}; }

/// The list outlives no secret: libcurl copies each line, and forgets it with the list.
bool AddFields(const FetchRequest& request, CurlList& fields) {
  bool added = fields.Add("Accept: application/json");
  for (const SecretString& field : request.fields) {
    std::string line{field.Expose()};
    added = added && fields.Add(line.c_str());
    Wipe(line);
  }
  return added;
}

}  // namespace

bool MayBeAsked(std::string_view url) {
  constexpr std::array<std::string_view, 3> kThisMachine{"localhost", "127.0.0.1", "[::1]"};
  const bool plain = std::ranges::all_of(
      url, [](char c) { return c > ' ' && c <= '~' && c != '#' && c != '\\' && c != '"'; });
  const bool secure = url.starts_with("https://");
  if (!plain || (!secure && !url.starts_with("http://"))) return false;
  const std::size_t start = url.find("//") + 2;
  const std::string_view authority = url.substr(start, url.find_first_of("/?", start) - start);
  if (authority.find('@') != std::string_view::npos) return false;
  const std::string_view host = authority.substr(
      0, authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':'));
  if (host.empty()) return false;
  return secure || std::ranges::find(kThisMachine, host) != kThisMachine.end();
}

Result<FetchAnswer> CurlFetcher::Fetch(const FetchRequest& request) {
  if (!MayBeAsked(request.url)) {
    return Fail(Error::Code::kInvalidArgument, "the identity provider's address " +
                                                   WithoutQuery(request.url) +
                                                   " is not https, nor http at localhost");
  }
  Download download{.body = {}, .size_max = options_.body_max};
  CurlList fields;
  CurlTransfer transfer{{.protocols = request.url.starts_with("https:") ? "https" : "http",
                         .connect_timeout = options_.connect_timeout,
                         .timeout = options_.timeout,
                         .ca_file = options_.ca_file}};
  transfer.Set(CURLOPT_URL, request.url.c_str());
  transfer.Set(CURLOPT_FOLLOWLOCATION, 0L);
  transfer.Set(CURLOPT_WRITEFUNCTION, &Download::Write);
  transfer.Set(CURLOPT_WRITEDATA, static_cast<void*>(&download));
  CURLcode code = CURLE_OUT_OF_MEMORY;
  if (AddFields(request, fields)) {
    transfer.Set(CURLOPT_HTTPHEADER, fields.get());
    if (!request.form.empty()) {
      // Not copied by libcurl: it reads from the request.
      transfer.Set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
      transfer.Set(CURLOPT_POSTFIELDS, request.form.Expose().data());
    }
    code = transfer.Perform();
  }
  const auto status = static_cast<int>(transfer.response_code());
  SecretString body{std::move(download.body)};
  if (code == CURLE_OK) return FetchAnswer{.status = status, .body = std::move(body)};
  if (download.too_large) {
    return Fail(Error::Code::kLimitExceeded, "the identity provider's answer from " +
                                                 WithoutQuery(request.url) + " is too large");
  }
  return Fail(Error::Code::kUnavailable,
              "the identity provider did not answer at " + WithoutQuery(request.url) + ": " +
                  curl_easy_strerror(code),
              "try again; if it stays so, check the provider's address and certificate");
}

}  // namespace latchkey::oidc
