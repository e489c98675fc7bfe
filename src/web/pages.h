#pragma once

// Serves the built pages: one document for every page route, and the files that it loads.
//
//     /, /login, /link, /settings/…, /admin/…   index.html: never cached, under a policy that runs
//                                               this origin's scripts and nothing else
//     /assets/…                                 named after their content, so cached for ever
//     /favicon.svg and the like                 asked about again each time, by their ETag
//
//     /favicon.ico                              the same picture as /favicon.svg, which browsers
//     ask
//                                               for by themselves beside what is no document
//
// Which page there is behind a route, if any, the document's script decides: it is answered with
// 200 for unknown ones too. A browser that goes to a path that nothing is behind gets the document
// with 404. A program that was built without its pages says so, and how to get
// them.
//
// Thread safety: any number of requests at once.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "http/router.h"
#include "web/page_file.h"

namespace latchkey::web {

/// What the document may do: nothing inline, nothing from elsewhere, in nobody's frame.
inline constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

class Pages {
 public:
  /// What `files` refer to outlives the pages. Without an index.html among them there are none.
  explicit Pages(std::span<const PageFile> files);

  /// The pages outlive the router.
  void AddRoutes(http::Router& router) const;

  /// Whether such a request for what is not there is a browser's that goes to a page, and there are
  /// pages: then ServeNotFound() is its answer.
  [[nodiscard]] bool AnswersNotFound(const http::RequestHead& head) const;
  http::Awaitable<void> ServeNotFound(http::Exchange& exchange) const;

  [[nodiscard]] bool built() const { return index_ != nullptr; }

 private:
  http::Awaitable<void> ServeDocument(http::Exchange& exchange, int status) const;
  http::Awaitable<void> ServeFile(http::Exchange& exchange, std::string path) const;

  std::map<std::string_view, const PageFile*> files_;
  const PageFile* index_ = nullptr;
};

}  // namespace latchkey::web
