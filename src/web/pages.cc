#include "web/pages.h"

#include <array>
#include <utility>

#include "http/answer.h"
#include "web/negotiation.h"

namespace latchkey::web {
namespace {

using http::Awaitable;
using http::Exchange;

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kAssets = "assets/";
constexpr std::string_view kIcon = "favicon.svg";
constexpr std::array<std::string_view, 9> kPageRoutes{"/",
                                                      "/login",
                                                      "/login/second-step",
                                                      "/login/forgotten",
                                                      "/link",
                                                      "/settings",
                                                      "/settings/{page...}",
                                                      "/admin",
                                                      "/admin/{page...}"};

constexpr std::string_view kNotBuilt =
    "Latchkey: scoped API tokens and app passwords.\n\n"
    "This program was built without its pages. To have them, install Node.js 18 or later with npm\n"
    "and build again: cmake --preset release -DLATCHKEY_PAGES=ON, then cmake --build --preset "
    "release.\n"
    "Everything that they do the command line does too: latchkey --help; the API is described at\n"
    "/api/v1/openapi.json.\n";

std::string_view BytesOf(const PageFile& file, Coding coding) {
  switch (coding) {
    case Coding::kIdentity: return file.bytes;
    case Coding::kGzip: return file.gzip;
    case Coding::kBrotli: return file.brotli;
  }
  std::unreachable();
}

/// Of this file in this form: a cache must not give one form for another.
std::string ETagOf(const PageFile& file, Coding coding) {
  std::string etag = "\"" + std::string{file.hash};
  if (coding != Coding::kIdentity) etag += "-" + std::string{CodingName(coding)};
  return etag + "\"";
}

/// Not through Respond(): the bytes stay where they are.
Awaitable<void> Stream(Exchange& exchange, int status, http::Fields fields,
                       std::string_view bytes) {
  fields.Set("Content-Length", std::to_string(bytes.size()));
  Result<void> sent = co_await exchange.StartStream(status, std::move(fields));
  if (sent) sent = co_await exchange.Write(bytes);
  if (sent) sent = co_await exchange.FinishStream();
  // Nobody is left to tell when it cannot be sent; the exchange notes it.
  static_cast<void>(sent);
}

Coding CodingFor(const Exchange& exchange, const PageFile& file) {
  return BestCoding(exchange.head().fields.Find("Accept-Encoding").value_or(""), !file.gzip.empty(),
                    !file.brotli.empty());
}

http::Fields FieldsOf(const PageFile& file, Coding coding) {
  http::Fields fields;
  fields.Set("Content-Type", std::string{MediaTypeOf(file.path)});
  fields.Set("Vary", "Accept-Encoding");
  if (coding != Coding::kIdentity) {
    fields.Set("Content-Encoding", std::string{CodingName(coding)});
  }
  return fields;
}

Awaitable<void> RespondWith(Exchange& exchange, http::Response response) {
  const Result<void> ignored = co_await exchange.Respond(std::move(response));
  static_cast<void>(ignored);
}

Awaitable<void> SayNotBuilt(Exchange& exchange) {
  http::Response response;
  response.fields.Set("Content-Type", "text/plain; charset=utf-8");
  response.body = kNotBuilt;
  return RespondWith(exchange, std::move(response));
}

}  // namespace

Pages::Pages(std::span<const PageFile> files) {
  for (const PageFile& file : files) files_.emplace(file.path, &file);
  if (const auto found = files_.find(kIndex); found != files_.end()) index_ = found->second;
}

void Pages::AddRoutes(http::Router& router) const {
  for (const std::string_view route : kPageRoutes) {
    router.Add("GET", route, [this](Exchange& exchange, const http::RouteParams&) {
      return ServeDocument(exchange, 200);
    });
  }
  router.Add("GET", "/assets/{path...}",
             [this](Exchange& exchange, const http::RouteParams& params) {
               return ServeFile(exchange, std::string{kAssets} + std::string{params["path"]});
             });
  for (const auto& [path, file] : files_) {
    if (path == kIndex || path.starts_with(kAssets)) continue;
    router.Add("GET", "/" + std::string{path},
               [this, path](Exchange& exchange, const http::RouteParams&) {
                 return ServeFile(exchange, std::string{path});
               });
  }
  if (files_.contains(kIcon)) {
    router.Add("GET", "/favicon.ico", [this](Exchange& exchange, const http::RouteParams&) {
      return ServeFile(exchange, std::string{kIcon});
    });
  }
}

bool Pages::AnswersNotFound(const http::RequestHead& head) const {
  if (!built() || (head.method != "GET" && head.method != "HEAD")) return false;
  return AsksForHtml(head.fields.Find("Accept").value_or(""));
}

Awaitable<void> Pages::ServeNotFound(Exchange& exchange) const {
  return ServeDocument(exchange, 404);
}

Awaitable<void> Pages::ServeDocument(Exchange& exchange, int status) const {
  if (index_ == nullptr) return SayNotBuilt(exchange);
  const Coding coding = CodingFor(exchange, *index_);
  http::Fields fields = FieldsOf(*index_, coding);
  fields.Set("Cache-Control", "no-store");
  fields.Set("Content-Security-Policy", std::string{kPagePolicy});
  return Stream(exchange, status, std::move(fields), BytesOf(*index_, coding));
}

// A coroutine keeps what it is given: the caller's text is gone when it runs.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
Awaitable<void> Pages::ServeFile(Exchange& exchange, std::string path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) {
    return RespondWith(exchange, http::MakeProblem(404, "There is nothing at this path.",
                                                   exchange.head().request_id));
  }
  const PageFile& file = *found->second;
  const Coding coding = CodingFor(exchange, file);
  http::Fields fields = FieldsOf(file, coding);
  const std::string etag = ETagOf(file, coding);
  fields.Set("ETag", etag);
  fields.Set("Cache-Control", path.starts_with(kAssets) ? "public, max-age=31536000, immutable"
                                                        : "public, no-cache");
  if (Matches(exchange.head().fields.Find("If-None-Match").value_or(""), etag)) {
    return RespondWith(exchange, {.status = 304, .fields = std::move(fields), .body = {}});
  }
  return Stream(exchange, 200, std::move(fields), BytesOf(file, coding));
}

}  // namespace latchkey::web
