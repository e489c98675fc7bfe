#include "api/bitbucket_user.h"

#include <fmt/format.h>

#include <chrono>

#include "base/instant.h"

namespace latchkey::api {
namespace {

/// `8-4-4-4-12` of 32 hexadecimal digits.
std::string Hyphenated(const AccountId& id) {
  constexpr std::size_t kDigits = 32;
  if (id.size() != kDigits) return id;
  const std::string_view digits = id;
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

}  // namespace

std::string BitbucketUuid(const AccountId& id) { return "{" + Hyphenated(id) + "}"; }

std::string BitbucketTime(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  const auto milliseconds = (instant - seconds).count();
  std::string text = FormatInstant(seconds);
  text.pop_back();  // The Z.
  return fmt::format("{}.{:03}000+00:00", text, milliseconds);
}

Json BitbucketUserJson(const Account& account, std::string_view public_url) {
  Json json;
  json["type"] = "user";
  json["uuid"] = BitbucketUuid(account.id);
  json["username"] = account.username;
  json["nickname"] = account.username;
  json["display_name"] = account.display_name;
  json["account_id"] = account.id;
  json["account_status"] = account.state == AccountState::kActive ? "active" : "inactive";
  json["created_on"] = BitbucketTime(account.created_at);
  json["links"]["self"]["href"] =
      fmt::format("{}/2.0/users/%7B{}%7D", public_url, Hyphenated(account.id));
  return json;
}

}  // namespace latchkey::api
