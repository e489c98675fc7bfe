#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "admin/methods.h"
#include "base/text.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;
using enum Error::Code;
using std::chrono::seconds;

std::unexpected<Error> NotAValue(std::string_view key, std::string_view value,
                                 std::string_view forms) {
  return Fail(kInvalidArgument,
              "\"" + EscapeForTerminal(value, 80) + "\" is no value for " + std::string{key},
              "Write " + std::string{forms} + ".");
}

Result<void> SetFlag(std::string_view key, std::string_view value, bool& target) {
  if (value != "true" && value != "false") return NotAValue(key, value, "true or false");
  target = value == "true";
  return {};
}

std::optional<seconds> UnitOf(std::string_view unit) {
  if (unit == "s") return seconds{1};
  if (unit == "m") return std::chrono::minutes{1};
  if (unit == "h") return std::chrono::hours{1};
  if (unit == "d") return std::chrono::days{1};
  return std::nullopt;
}

/// Digits few enough that no product of them overflows.
Result<void> SetSpan(std::string_view key, std::string_view value, std::optional<seconds>& target) {
  constexpr std::size_t kDigitsMax = 9;
  target.reset();
  if (value.empty()) return {};
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  const auto digits = static_cast<std::size_t>(end - value.data());
  const std::optional<seconds> unit = UnitOf(value.substr(digits));
  if (failure != std::errc{} || number <= 0 || digits > kDigitsMax || !unit) {
    return NotAValue(key, value,
                     "a number and s, m, h or d, e.g. 90d; or nothing, for what the settings say");
  }
  target = number * *unit;
  return {};
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Result<void> Assign(InstallationPolicy& policy, std::string_view key, std::string_view value) {
  if (key == "token_lifetime_max") return SetSpan(key, value, policy.token_lifetime_max);
  if (key == "token_lifetime_default") return SetSpan(key, value, policy.token_lifetime_default);
  if (key == "api_tokens") return SetFlag(key, value, policy.api_tokens);
  if (key == "app_passwords") return SetFlag(key, value, policy.app_passwords);
  if (key == "second_step_required") return SetFlag(key, value, policy.second_step_required);
  if (key == "token_apps") {
    policy.token_apps = SplitAtCommas(value);
    return {};
  }
  return Fail(kInvalidArgument, "policy has no \"" + EscapeForTerminal(key, 80) + "\"",
              "It has token_lifetime_max, token_lifetime_default, api_tokens, app_passwords, "
              "second_step_required and token_apps.");
}

Json RenderSpan(const std::optional<seconds>& span) {
  if (!span) return nullptr;
  return span->count();
}

Json RenderPolicy(const PolicyAuthority& authority) {
  const InstallationPolicy set = authority.Show();
  const Policy in_force = authority.InForce();
  const Policy& bounds = authority.settings();
  return {{"token_lifetime_max", RenderSpan(set.token_lifetime_max)},
          {"token_lifetime_default", RenderSpan(set.token_lifetime_default)},
          {"api_tokens", set.api_tokens},
          {"app_passwords", set.app_passwords},
          {"second_step_required", set.second_step_required},
          {"token_apps", set.token_apps},
          {"in_force",
           {{"token_lifetime_min", in_force.token_lifetime_min.count()},
            {"token_lifetime_max", in_force.token_lifetime_max.count()},
            {"token_lifetime_default", in_force.token_lifetime_default.count()}}},
          {"bounds",
           {{"token_lifetime_min", bounds.token_lifetime_min.count()},
            {"token_lifetime_max", bounds.token_lifetime_max.count()}}}};
}

Result<Json> ShowPolicy(const Parts& parts, Params& params) {
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return RenderPolicy(parts.policy);
}

Result<Json> SetPolicy(const Parts& parts, Params& params, const Caller& caller) {
  const std::vector<std::string> assignments = params.Texts("set");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  InstallationPolicy policy = parts.policy.Show();
  for (const std::string_view assignment : assignments) {
    const std::size_t sign = assignment.find('=');
    if (sign == std::string_view::npos) {
      return Fail(kInvalidArgument, "\"" + EscapeForTerminal(assignment, 80) + "\" sets nothing",
                  "Write KEY=VALUE, e.g. token_lifetime_max=90d.");
    }
    Result<void> assigned = Assign(policy, assignment.substr(0, sign), assignment.substr(sign + 1));
    if (!assigned) return std::unexpected(assigned.error());
  }
  const Result<InstallationPolicy> set = parts.policy.Set(policy, caller);
  if (!set) return std::unexpected(set.error());
  return RenderPolicy(parts.policy);
}

}  // namespace

void AddPolicyMethods(const Parts& parts, MethodTable& table) {
  table["policy.show"] = [&parts](Params& params, const Caller&) {
    return ShowPolicy(parts, params);
  };
  table["policy.set"] = [&parts](Params& params, const Caller& caller) {
    return SetPolicy(parts, params, caller);
  };
}

}  // namespace latchkey::admin
