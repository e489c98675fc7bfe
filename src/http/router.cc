#include "http/router.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "http/answer.h"

namespace latchkey::http {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> any;
  std::unique_ptr<Node> tail;

  // An action, and the names that its pattern gives to the segments in braces, in their order.
  struct Route {
    Action action;
    std::vector<std::string> names;
    bool has_tail = false;
  };
  std::map<std::string, Route, std::less<>> routes;

  /// The methods, for the Allow field.
  [[nodiscard]] std::string Allow() const;
};

namespace {

std::vector<std::string_view> Split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  pattern.remove_prefix(1);
  for (;;) {
    const std::size_t slash = pattern.find('/');
    parts.push_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    pattern.remove_prefix(slash + 1);
  }
}

template <typename Node>
Node& Ensure(std::unique_ptr<Node>& node) {
  if (!node) node = std::make_unique<Node>();
  return *node;
}

std::string Join(const std::vector<std::string>& segments) {
  std::string joined;
  for (const std::string& segment : segments) {
    if (&segment != &segments.front()) joined += '/';
    joined += segment;
  }
  return joined;
}

/// The same path with a slash at its end where it had none, and without where it had one.
std::vector<std::string> WithOtherEnd(std::vector<std::string> segments) {
  if (segments.size() > 1 && segments.back().empty()) {
    segments.pop_back();
  } else {
    segments.emplace_back();
  }
  return segments;
}

}  // namespace

std::string_view RouteParams::operator[](std::string_view name) const {
  const auto found =
      std::ranges::find_if(values_, [&](const auto& value) { return value.first == name; });
  return found == values_.end() ? std::string_view{} : std::string_view{found->second};
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::Add(std::string_view method, std::string_view pattern, Action action) {
  Node* node = root_.get();
  Node::Route route{std::move(action), {}, false};
  for (const std::string_view part : Split(pattern)) {
    if (!part.starts_with('{')) {
      node = &Ensure(node->literals[std::string{part}]);
      continue;
    }
    std::string_view name = part.substr(1, part.size() - 2);
    route.has_tail = name.ends_with("...");
    if (route.has_tail) name.remove_suffix(3);
    route.names.emplace_back(name);
    node = &Ensure(route.has_tail ? node->tail : node->any);
  }
  node->routes.insert_or_assign(std::string{method}, std::move(route));
}

const Router::Node* Router::Descend(const Node& node, const std::vector<std::string>& segments,
                                    std::size_t depth, std::vector<std::string>& values,
                                    std::vector<std::string>& tail) {
  if (depth == segments.size()) return node.routes.empty() ? nullptr : &node;
  const std::string& segment = segments[depth];
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    const Node* found = Descend(*literal->second, segments, depth + 1, values, tail);
    if (found != nullptr) return found;
  }
  // No name is empty, so `/tokens/` is the list and never a token without an id.
  if (segment.empty()) return nullptr;
  if (node.any) {
    values.push_back(segment);
    const Node* found = Descend(*node.any, segments, depth + 1, values, tail);
    if (found != nullptr) return found;
    values.pop_back();
  }
  if (!node.tail) return nullptr;
  tail.assign(segments.begin() + static_cast<std::ptrdiff_t>(depth), segments.end());
  return node.tail.get();
}

std::string Router::Node::Allow() const {
  std::set<std::string_view> methods;
  for (const auto& [name, route] : routes) methods.insert(name);
  if (methods.contains("GET")) methods.insert("HEAD");
  std::string allow;
  for (const std::string_view name : methods) {
    if (!allow.empty()) allow += ", ";
    allow += name;
  }
  return allow;
}

Router::Match Router::Find(std::string_view method,
                           const std::vector<std::string>& segments) const {
  Match match;
  std::vector<std::string> values;
  const Node* node = Descend(*root_, segments, 0, values, match.params.tail_);
  if (node == nullptr && !segments.empty()) {
    node = Descend(*root_, WithOtherEnd(segments), 0, values, match.params.tail_);
  }
  if (node == nullptr) return match;
  match.allow = node->Allow();

  auto found = node->routes.find(method);
  if (found == node->routes.end() && method == "HEAD") found = node->routes.find("GET");
  if (found == node->routes.end()) return match;
  const Node::Route& route = found->second;
  match.action = &route.action;
  if (route.has_tail) values.push_back(Join(match.params.tail_));
  for (std::size_t i = 0; i < route.names.size() && i < values.size(); ++i) {
    match.params.values_.emplace_back(route.names[i], std::move(values[i]));
  }
  return match;
}

Awaitable<void> Router::Handle(Exchange& exchange) {
  const RequestHead& head = exchange.head();
  const bool never = head.method == "TRACE" || head.method == "CONNECT";
  const Match match = Find(head.method, head.target.segments);
  if (match.action != nullptr && !never) {
    co_await (*match.action)(exchange, match.params);
    co_return;
  }
  const int status = match.allow.empty() && !never ? 404 : 405;
  if (refusal_) {
    co_await refusal_(exchange, status, match.allow);
    co_return;
  }
  Response problem =
      MakeProblem(status,
                  status == 404 ? "There is nothing at this path."
                                : "This path does not know the method of the request.",
                  head.request_id);
  if (status == 405) problem.fields.Set("Allow", match.allow);
  const Result<void> ignored = co_await exchange.Respond(std::move(problem));
  static_cast<void>(ignored);
}

}  // namespace latchkey::http
