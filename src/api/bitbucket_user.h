#pragma once

#include <string>
#include <string_view>

#include "account/account.h"
#include "problem/json_text.h"

namespace latchkey::api {

/// The account as Bitbucket Cloud's `GET /2.0/user` shows it.
[[nodiscard]] Json BitbucketUserJson(const Account& account, std::string_view public_url);

/// `{8-4-4-4-12}`: an account id in the form of Bitbucket's uuids, braces included.
[[nodiscard]] std::string BitbucketUuid(const AccountId& id);

/// With microseconds and an offset, as Bitbucket writes it: `2026-01-02T03:04:05.000000+00:00`.
[[nodiscard]] std::string BitbucketTime(Instant instant);

}  // namespace latchkey::api
