#pragma once

// Reads the members of a JSON body one after the other and keeps the first fault:
//
//     Members members{std::move(body)};
//     const std::string name = members.Text("name");
//     const bool stay = members.Flag("stay");
//     if (const OrProblem<void> read = members.Finish(); !read) …
//
// After a fault everything reads as empty; Finish() also refuses members that nobody asked for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/json_body.h"
#include "base/secret.h"

namespace latchkey::api {

class Members {
 public:
  explicit Members(JsonBody body) : body_(std::move(body)) {}

  // Must be there.
  [[nodiscard]] std::string Text(std::string_view name);
  [[nodiscard]] SecretString Secret(std::string_view name);
  [[nodiscard]] std::optional<JsonBody> Object(std::string_view name);

  // May be missing.
  [[nodiscard]] std::optional<std::string> FindText(std::string_view name);
  [[nodiscard]] std::optional<SecretString> FindSecret(std::string_view name);
  [[nodiscard]] std::optional<JsonBody> FindObject(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> FindInteger(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> FindIntegerOrNull(std::string_view name);
  [[nodiscard]] std::optional<std::vector<std::string>> FindTexts(std::string_view name);
  [[nodiscard]] std::optional<bool> FindFlag(std::string_view name);
  [[nodiscard]] bool Flag(std::string_view name) { return FindFlag(name).value_or(false); }

  [[nodiscard]] bool Has(std::string_view name) const { return body_.Has(name); }

  /// Problems: the first fault; kUnknownMember.
  [[nodiscard]] OrProblem<void> Finish() const;

 private:
  template <typename T>
  T Take(std::string_view name, OrProblem<T> found);
  void RequireThere(std::string_view name, bool there);

  JsonBody body_;
  std::vector<std::string_view> asked_;
  std::optional<Problem> fault_;
};

/// The body's members. Problems: as ReadJsonBody.
[[nodiscard]] http::Awaitable<OrProblem<Members>> ReadMembers(http::Exchange& exchange,
                                                              std::size_t size_max);

/// Likewise, of a request that only our own pages may make. Problems: also as RequireOwnPage.
[[nodiscard]] http::Awaitable<OrProblem<Members>> ReadFromOwnPage(const Call& call,
                                                                  const Settings& settings);

}  // namespace latchkey::api
