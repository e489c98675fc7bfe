#pragma once

// Picks the action for a method and a path.
//
//     router.Add("GET", "/api/v1/tokens/{id}", …)            one segment
//     router.Add("GET", "/2.0/…/src/{commit}/{path...}", …)  all that is left, one segment at least
//
// A literal segment wins over `{name}`, and that over `{name...}`. HEAD is served by GET's action
// where it has none of its own; the server leaves the body out. One slash at the end may be missing
// or superfluous. TRACE and CONNECT are never served. Matching looks at decoded segments, so that a
// path has one spelling.
//
// Thread safety: Add() before serving; Handle() from any thread.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/exchange.h"

namespace latchkey::http {

/// What the braces of the pattern matched.
class RouteParams {
 public:
  /// The segment that `{name}` matched, or "" if the pattern has no such name. Of `{name...}`, the
  /// segments joined by `/`.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
  /// The segments that `{name...}` matched.
  [[nodiscard]] const std::vector<std::string>& tail() const { return tail_; }

 private:
  friend class Router;
  std::vector<std::pair<std::string_view, std::string>> values_;
  std::vector<std::string> tail_;
};

class Router final : public Handler {
 public:
  using Action = std::function<Awaitable<void>(Exchange&, const RouteParams&)>;
  /// Answers where there is no action: 404, or 405 with the methods that there are, for the Allow
  /// field.
  using Refusal = std::function<Awaitable<void>(Exchange&, int status, const std::string& allow)>;

  Router();
  ~Router() override;

  /// A pattern starts with `/`; a `{name...}` stands last. Adding the same method and pattern again
  /// replaces the action.
  void Add(std::string_view method, std::string_view pattern, Action action);

  /// Answers 404 and 405 instead of the problem details that stand for them otherwise.
  void SetRefusal(Refusal refusal) { refusal_ = std::move(refusal); }

  Awaitable<void> Handle(Exchange& exchange) override;

  /// What serves a request, for tests and documents; nothing if there is none.
  struct Match {
    const Action* action = nullptr;
    RouteParams params;
    std::string allow;  ///< Methods of the path, `GET, HEAD, POST`; empty if there is no such path.
  };
  [[nodiscard]] Match Find(std::string_view method, const std::vector<std::string>& segments) const;

 private:
  struct Node;

  static const Node* Descend(const Node& node, const std::vector<std::string>& segments,
                             std::size_t depth, std::vector<std::string>& values,
                             std::vector<std::string>& tail);

  std::unique_ptr<Node> root_;
  Refusal refusal_;
};

}  // namespace latchkey::http
