#include "api/cross_site.h"

#include <string>

#include "api/json_body.h"
#include "base/text.h"

namespace latchkey::api {
namespace {

std::unexpected<Problem> CrossSite(std::string_view why) {
  return ProblemWith(ProblemType::kCrossSite,
                     std::string{why} + ": only this server's own pages may ask with its cookies");
}

bool IsOwnOrigin(std::string_view origin, std::string_view host, std::string_view public_url) {
  if (EqualsIgnoringCase(origin, OriginOf(public_url))) return true;
  const std::size_t slashes = origin.find("://");
  if (host.empty() || slashes == std::string_view::npos) return false;
  const std::string_view scheme = origin.substr(0, slashes);
  return (scheme == "http" || scheme == "https") &&
         EqualsIgnoringCase(origin.substr(slashes + 3), host);
}

}  // namespace

bool IsReading(std::string_view method) { return method == "GET" || method == "HEAD"; }

std::string_view OriginOf(std::string_view url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) return {};
  return url.substr(0, url.find_first_of("/?#", slashes + 3));
}

OrProblem<void> RequireOwnPage(const http::RequestHead& head, std::string_view public_url) {
  const http::Fields& fields = head.fields;
  if (fields.Count(kCsrfField) != 1 || fields.Find(kCsrfField) != "1") {
    return CrossSite("the field X-Latchkey-Csrf: 1 is missing");
  }
  if (head.has_body && !CheckJsonType(fields)) {
    return CrossSite("the body is not application/json");
  }
  const std::string_view site = fields.Find("Sec-Fetch-Site").value_or("same-origin");
  if (fields.Count("Sec-Fetch-Site") > 1 || site != "same-origin") {
    return CrossSite("the browser says that another site asks");
  }
  if (fields.Count("Origin") == 0) return {};
  const std::string_view origin = fields.Find("Origin").value_or("");
  const std::string_view host = fields.Find("Host").value_or("");
  if (fields.Count("Origin") == 1 && IsOwnOrigin(origin, host, public_url)) return {};
  return CrossSite("the field Origin names another site");
}

}  // namespace latchkey::api
