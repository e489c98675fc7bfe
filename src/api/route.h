#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.h"

namespace latchkey::api {

/// How a path's errors are written.
enum class Dialect : std::uint8_t { kProblem, kBitbucket };

struct Route {
  std::string_view method;
  std::string pattern;
  Dialect dialect = Dialect::kProblem;
  std::function<http::Awaitable<Outcome>(const Call&)> action;
};

using Routes = std::vector<Route>;

/// Adds routes of one resource, which outlives them:
///     Adder add{routes, *this};
///     add("GET", "/api/v1/session", &SessionResource::Show);
template <typename Resource>
class Adder {
 public:
  using Method = http::Awaitable<Outcome> (Resource::*)(const Call&) const;

  Adder(Routes& routes, const Resource& resource) : routes_(routes), resource_(resource) {}

  void operator()(std::string_view method, std::string_view pattern, Method action) {
    routes_.push_back({.method = method,
                       .pattern = std::string{pattern},
                       .dialect = Dialect::kProblem,
                       .action = [&resource = resource_, action](const Call& call) {
                         return (resource.*action)(call);
                       }});
  }

 private:
  Routes& routes_;
  const Resource& resource_;
};

}  // namespace latchkey::api
