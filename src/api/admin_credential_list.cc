#include "api/admin_credential_list.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "api/query.h"
#include "base/text.h"

namespace latchkey::api {
namespace {

constexpr std::size_t kBatch = 1000;

std::string UsernameOf(const Directory& directory, const AccountId& id) {
  const auto account = directory.FindAccount(id);
  return account ? FoldAscii(account->username) : id;
}

/// Whether a record is wanted; the filter's own conditions the store has seen to.
class Matcher {
 public:
  Matcher(const Directory& directory, const AdminListQuery& query, Instant now)
      : directory_(directory), query_(query), now_(now) {
    if (query.text) folded_ = FoldAscii(*query.text);
  }

  [[nodiscard]] bool operator()(const CredentialRecord& record) const {
    if (query_.state && !HasState(record)) return false;
    if (folded_.empty()) return true;
    if (FoldAscii(record.name).contains(folded_) || record.id.text() == *query_.text) return true;
    const auto account = directory_.FindAccount(record.account);
    return account && (FoldAscii(account->username).contains(folded_) ||
                       FoldAscii(account->email).contains(folded_));
  }

 private:
  /// Of `unused`, whether it could be: the uses are looked up for many at once.
  [[nodiscard]] bool HasState(const CredentialRecord& record) const {
    constexpr std::chrono::days kNear{14};
    const std::string_view state = StateOf(record, now_);
    if (*query_.state == "unused") return state == "active";
    if (*query_.state != "near") return state == *query_.state;
    return state == "active" && record.expires_at && *record.expires_at - now_ < kNear;
  }

  const Directory& directory_;
  const AdminListQuery& query_;
  Instant now_;
  std::string folded_;
};

/// Hands every record that matches to `take`, newest first, until that says stop.
template <typename Take>
Result<void> ForEachMatch(const CredentialAuthority& authority, CredentialFilter filter,
                          const Matcher& matches, Take take) {
  const Caller everybody{.actor = {}, .origin = {}, .request_id = {}};
  filter.limit = kBatch;
  for (bool more = true; more;) {
    Result<std::vector<CredentialRecord>> batch = authority.List(filter, everybody);
    if (!batch) return std::unexpected(batch.error());
    more = batch->size() == kBatch;
    if (!batch->empty()) filter.after = batch->back().id;
    for (CredentialRecord& record : *batch) {
      if (matches(record) && !take(std::move(record))) return {};
    }
  }
  return {};
}

Result<AdminListPage> CollectNewest(const CredentialAuthority& authority,
                                    const AdminListQuery& query, const Matcher& matches) {
  const bool counts = !query.filter.after.has_value();
  AdminListPage page;
  std::size_t seen = 0;
  const Result<void> read =
      ForEachMatch(authority, query.filter, matches, [&](CredentialRecord record) {
        ++seen;
        page.has_more = seen > query.limit;
        if (!page.has_more) page.records.push_back(std::move(record));
        return counts ? seen < AdminListQuery::kMatchesMax : !page.has_more;
      });
  if (!read) return std::unexpected(read.error());
  if (counts && seen < AdminListQuery::kMatchesMax) page.total = seen;
  return page;
}

Result<std::map<CredentialId, UsageSummary>> UsesOf(const UsageStore& usage,
                                                    const std::vector<CredentialRecord>& records) {
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : records) ids.push_back(record.id);
  return usage.Find(ids);
}

/// Those that come first have the smaller key; among equals newest first.
template <typename Key>
void SortBy(std::vector<CredentialRecord>& records, Key key) {
  std::ranges::sort(records, [&](const CredentialRecord& a, const CredentialRecord& b) {
    const auto key_a = key(a);
    const auto key_b = key(b);
    if (key_a < key_b) return true;
    if (key_b < key_a) return false;
    return std::tie(b.created_at, b.id) < std::tie(a.created_at, a.id);
  });
}

using Uses = std::map<CredentialId, UsageSummary>;

/// `order` as AdminListQuery::sort.
void Sort(std::vector<CredentialRecord>& records, std::string_view order, const Uses& uses,
          const Directory& directory) {
  const bool descending = order.starts_with('-');
  if (descending) order.remove_prefix(1);
  if (order == "created") {
    std::ranges::reverse(records);
  } else if (order == "name") {
    SortBy(records, [](const CredentialRecord& record) { return FoldAscii(record.name); });
  } else if (order == "account") {
    SortBy(records,
           [&](const CredentialRecord& record) { return UsernameOf(directory, record.account); });
  } else if (order == "expires") {
    SortBy(records, [](const CredentialRecord& record) {
      return record.expires_at.value_or(Instant::max());
    });
  } else if (order == "last_used") {
    SortBy(records, [&](const CredentialRecord& record) {
      const auto found = uses.find(record.id);
      return found == uses.end() ? Instant{} : found->second.last_used_at;
    });
  }
  if (descending) std::ranges::reverse(records);
}

/// The page of all that match, which are given newest first.
AdminListPage CutPage(std::vector<CredentialRecord> records, const AdminListQuery& query) {
  AdminListPage page;
  page.total = records.size();
  auto begin = records.begin();
  if (query.filter.after) {
    const auto last = std::ranges::find(records, *query.filter.after, &CredentialRecord::id);
    begin = last == records.end() ? last : last + 1;
  }
  const auto left = static_cast<std::size_t>(records.end() - begin);
  page.has_more = left > query.limit;
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(left, query.limit));
  page.records.assign(std::make_move_iterator(begin), std::make_move_iterator(end));
  return page;
}

}  // namespace

OrProblem<AdminListQuery> AdminListQuery::Read(const http::Target& target,
                                               const Directory& directory) {
  Query query{target};
  AdminListQuery list;
  list.text = query.Text("q");
  list.state = query.OneOf("state", {"active", "expired", "revoked", "near", "unused"});
  list.sort = query.OneOf("sort", {"created", "-created", "name", "-name", "account", "-account",
                                   "expires", "-expires", "last_used", "-last_used"});
  if (list.sort == "-created") list.sort.reset();
  list.limit = query.Number("limit", 1, 500).value_or(list.limit);
  list.filter.app = query.Text("app");
  if (const auto kind = query.OneOf("kind", {"api-token", "app-password"})) {
    list.filter.kind =
        *kind == "api-token" ? CredentialKind::kApiToken : CredentialKind::kAppPassword;
  }
  const std::optional<std::string> account = query.Text("account");
  const std::optional<std::string> after = query.Text("after");
  const OrProblem<void> read = query.Finish();
  if (!read) return std::unexpected(read.error());
  if (account) {
    const auto found = directory.FindAccount(*account);
    const auto named = found ? found : directory.FindAccountByName(*account);
    // Of somebody who does not exist there are none.
    list.filter.account = named ? named->id : *account;
  }
  if (after) {
    const Result<CredentialId> id = CredentialId::Parse(*after);
    if (!id) {
      return ProblemWith(ProblemType::kInvalidValue, "after must be the id of a credential",
                         "after");
    }
    list.filter.after = *id;
  }
  return list;
}

std::string AdminListQuery::Next(CredentialId last) const {
  std::string next = "?limit=" + std::to_string(limit) + "&after=" + last.text();
  if (text) next += "&q=" + EscapeQuery(*text);
  if (state) next += "&state=" + *state;
  if (sort) next += "&sort=" + *sort;
  if (filter.kind) next += "&kind=" + std::string{KindName(*filter.kind)};
  if (filter.account) next += "&account=" + EscapeQuery(*filter.account);
  if (filter.app) next += "&app=" + EscapeQuery(*filter.app);
  return next;
}

Result<AdminListPage> CollectAdminPage(const CredentialAuthority& authority,
                                       const UsageStore& usage, const Directory& directory,
                                       const AdminListQuery& query, Instant now) {
  const Matcher matches{directory, query, now};
  if (!query.needs_all()) return CollectNewest(authority, query, matches);
  CredentialFilter all = query.filter;
  all.after.reset();
  std::vector<CredentialRecord> records;
  const Result<void> read = ForEachMatch(authority, all, matches, [&](CredentialRecord record) {
    records.push_back(std::move(record));
    return records.size() <= AdminListQuery::kMatchesMax;
  });
  if (!read) return std::unexpected(read.error());
  if (records.size() > AdminListQuery::kMatchesMax) {
    return Fail(Error::Code::kInvalidArgument, "there are too many of them to sort",
                "Filter them, or list them newest first.");
  }
  const Result<Uses> uses = UsesOf(usage, records);
  if (!uses) return std::unexpected(uses.error());
  if (query.state == "unused") {
    std::erase_if(records,
                  [&](const CredentialRecord& record) { return uses->contains(record.id); });
  }
  if (query.sort) Sort(records, *query.sort, *uses, directory);
  return CutPage(std::move(records), query);
}

}  // namespace latchkey::api
