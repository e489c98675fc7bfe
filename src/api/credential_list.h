#pragma once

// Lists of credentials, a page at a time, newest first.
//
//     ?state=active|expired|revoked & limit=1…100 & after=<id of the last one seen>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/credential_authority.h"
#include "http/message.h"
#include "problem/problem.h"

namespace latchkey::api {

struct ListQuery {
  static constexpr std::size_t kLimitDefault = 50;
  static constexpr std::size_t kLimitMax = 100;

  std::optional<std::string> state = {};
  std::size_t limit = kLimitDefault;
  std::optional<CredentialId> after = {};

  /// Problems: kInvalidValue, naming what is wrong. Other names in the query are ignored.
  [[nodiscard]] static OrProblem<ListQuery> Read(const http::Target& target);

  /// The query of the page behind `last`, with its `?`.
  [[nodiscard]] std::string Next(CredentialId last) const;
};

struct ListPage {
  std::vector<CredentialRecord> records;
  bool has_more = false;
};

/// Reads the store until the page is full. Blocks. Errors: as CredentialAuthority::List;
/// kInvalidArgument if query.after is no credential of the caller.
[[nodiscard]] Result<ListPage> CollectPage(const CredentialAuthority& authority,
                                           const Caller& caller, CredentialKind kind,
                                           const ListQuery& query, Instant now);

}  // namespace latchkey::api
