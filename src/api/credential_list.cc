#include "api/credential_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace latchkey::api {
namespace {

constexpr std::array<std::string_view, 3> kStates{"active", "expired", "revoked"};

/// The value of a name that may stand once.
OrProblem<std::optional<std::string>> FindOnce(const http::Target& target, std::string_view name) {
  std::vector<std::string> values = target.QueryValues(name);
  if (values.empty()) return std::nullopt;
  if (values.size() == 1) return std::move(values.front());
  return ProblemWith(ProblemType::kInvalidValue, std::string{name} + " stands twice in the query",
                     std::string{name});
}

OrProblem<std::size_t> ReadLimit(const std::string& text) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool number = error == std::errc{} && end == text.data() + text.size();
  if (number && limit >= 1 && limit <= ListQuery::kLimitMax) return limit;
  return ProblemWith(ProblemType::kInvalidValue,
                     "limit must be a number from 1 to " + std::to_string(ListQuery::kLimitMax),
                     "limit");
}

}  // namespace

OrProblem<ListQuery> ListQuery::Read(const http::Target& target) {
  ListQuery query;
  OrProblem<std::optional<std::string>> state = FindOnce(target, "state");
  if (!state) return std::unexpected(state.error());
  if (*state && std::ranges::find(kStates, **state) == kStates.end()) {
    return ProblemWith(ProblemType::kInvalidValue, "state must be active, expired or revoked",
                       "state");
  }
  query.state = std::move(*state);

  const OrProblem<std::optional<std::string>> limit = FindOnce(target, "limit");
  if (!limit) return std::unexpected(limit.error());
  if (*limit) {
    const OrProblem<std::size_t> number = ReadLimit(**limit);
    if (!number) return std::unexpected(number.error());
    query.limit = *number;
  }

  const OrProblem<std::optional<std::string>> after = FindOnce(target, "after");
  if (!after) return std::unexpected(after.error());
  if (*after) {
    const Result<CredentialId> id = CredentialId::Parse(**after);
    if (!id) {
      return ProblemWith(ProblemType::kInvalidValue, "after must be the id of a credential",
                         "after");
    }
    query.after = *id;
  }
  return query;
}

std::string ListQuery::Next(CredentialId last) const {
  std::string text = "?limit=" + std::to_string(limit) + "&after=" + last.text();
  if (state) text += "&state=" + *state;
  return text;
}

namespace {

/// Takes the records that the query wants into the page, until that is full.
void TakeInto(ListPage& page, std::vector<CredentialRecord>& batch, const ListQuery& query,
              Instant now) {
  for (CredentialRecord& record : batch) {
    if (query.state && StateOf(record, now) != *query.state) continue;
    page.has_more = page.records.size() == query.limit;
    if (page.has_more) return;
    page.records.push_back(std::move(record));
  }
}

}  // namespace

Result<ListPage> CollectPage(const CredentialAuthority& authority, const Caller& caller,
                             CredentialKind kind, const ListQuery& query, Instant now) {
  if (query.after && !authority.Show(*query.after, caller)) {
    return Fail(Error::Code::kInvalidArgument, "after must be the id of one of your credentials");
  }
  CredentialFilter filter{.kind = kind, .after = query.after, .limit = ListQuery::kLimitMax + 1};
  ListPage page;
  for (;;) {
    Result<std::vector<CredentialRecord>> batch = authority.List(filter, caller);
    if (!batch) return std::unexpected(batch.error());
    const bool last = batch->size() < filter.limit;
    if (!batch->empty()) filter.after = batch->back().id;
    TakeInto(page, *batch, query, now);
    if (last || page.has_more) return page;
  }
}

}  // namespace latchkey::api
