#pragma once

// A page of everybody's credentials, filtered and sorted.
//
//     ?q= & kind= & state= & account= & app= & sort= & after=<id of the last one seen> &
//     limit=1…500
//
// Newest first, it reads as much of the store as the page takes; the first page also counts. In any
// other order it reads all that match, of which there may be kMatchesMax.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "authority/credential_authority.h"
#include "authority/usage_store.h"
#include "http/message.h"
#include "problem/problem.h"
#include "verify/directory.h"

namespace latchkey::api {

struct AdminListQuery {
  static constexpr std::size_t kMatchesMax = 100'000;

  std::optional<std::string> text = {};  ///< In name, id, username or e-mail.
  /// `active`, `expired`, `revoked`; `near`: active for 14 days at most; `unused`: active, and
  /// nobody ever used it.
  std::optional<std::string> state = {};
  /// `created`, `name`, `account`, `expires`, `last_used`, or with `-` in front the other way
  /// round. Nothing: newest first.
  std::optional<std::string> sort = {};
  CredentialFilter filter = {};
  std::size_t limit = 100;

  /// Whether everything that matches has to be looked at before a page can be shown.
  [[nodiscard]] bool needs_all() const { return sort.has_value() || state == "unused"; }

  /// Problems: kInvalidValue, naming what is wrong.
  [[nodiscard]] static OrProblem<AdminListQuery> Read(const http::Target& target,
                                                      const Directory& directory);

  /// The query of the page behind `last`, with its `?`.
  [[nodiscard]] std::string Next(CredentialId last) const;
};

struct AdminListPage {
  std::vector<CredentialRecord> records;
  bool has_more = false;
  std::optional<std::size_t> total = {};  ///< Missing on later pages, and where it is not known.
};

/// Blocks. Errors: as CredentialAuthority::List and UsageStore::Find; kInvalidArgument if more
/// match than can be sorted.
[[nodiscard]] Result<AdminListPage> CollectAdminPage(const CredentialAuthority& authority,
                                                     const UsageStore& usage,
                                                     const Directory& directory,
                                                     const AdminListQuery& query, Instant now);

}  // namespace latchkey::api
