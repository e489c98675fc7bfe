#pragma once

// Request bodies: one JSON object, read strictly, so that a body has one meaning.
//
//     Content-Type: application/json          nothing else, charset=utf-8 at most: else 415
//     no Content-Encoding                     else 415
//     at most so many bytes                   else 413
//     {"name": …, "scopes": […]}              one object and nothing behind it: else 400
//
// Refused, although general parsers accept it: a member that stands twice, a member that nobody
// asked for, other letter case, a byte order mark, a NUL behind the end, ill-formed UTF-8, NaN,
// more than 16 levels or 4096 values. An integer is written as one: neither 1e3, 3600.0, "3600",
// [3600] nor true, and none beyond 64 bits. What is said about a body names members and never
// quotes values: one of them may be a secret.
//
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "http/exchange.h"
#include "problem/problem.h"

namespace latchkey::api {

class JsonBody {
 public:
  static constexpr std::size_t kDepthMax = 16;
  static constexpr std::size_t kValuesMax = 4096;

  /// Problems: kMalformed, with the place.
  [[nodiscard]] static OrProblem<JsonBody> Parse(std::string_view text);

  /// Problems: kUnknownMember, naming the first that is not in `names`.
  [[nodiscard]] OrProblem<void> RequireOnly(std::span<const std::string_view> names) const;

  [[nodiscard]] bool Has(std::string_view name) const { return object_.contains(name); }

  /// Nothing if the member is missing. Problems: kInvalidValue if it is of another type, null
  /// included.
  [[nodiscard]] OrProblem<std::optional<std::string>> FindText(std::string_view name) const;
  [[nodiscard]] OrProblem<std::optional<std::int64_t>> FindInteger(std::string_view name) const;
  [[nodiscard]] OrProblem<std::optional<bool>> FindFlag(std::string_view name) const;
  /// An object in this one, on its own.
  [[nodiscard]] OrProblem<std::optional<JsonBody>> FindObject(std::string_view name) const;
  /// A text that is not to stay here: what is left of it is empty.
  [[nodiscard]] OrProblem<std::optional<SecretString>> TakeSecret(std::string_view name);
  /// Also nothing if it is null.
  [[nodiscard]] OrProblem<std::optional<std::int64_t>> FindIntegerOrNull(
      std::string_view name) const;
  /// An array of texts.
  [[nodiscard]] OrProblem<std::optional<std::vector<std::string>>> FindTexts(
      std::string_view name) const;

  /// As Find…; kInvalidValue also if the member is missing.
  [[nodiscard]] OrProblem<std::string> RequireText(std::string_view name) const;
  [[nodiscard]] OrProblem<std::vector<std::string>> RequireTexts(std::string_view name) const;

  [[nodiscard]] const nlohmann::json& object() const { return object_; }

  /// The object again, members sorted by name: Parse(Format()) gives an equal one.
  [[nodiscard]] std::string Format() const;

  friend bool operator==(const JsonBody&, const JsonBody&) = default;

 private:
  explicit JsonBody(nlohmann::json object) : object_(std::move(object)) {}

  [[nodiscard]] const nlohmann::json* Find(std::string_view name) const;

  nlohmann::json object_;
};

/// Problems: kUnsupportedMediaType.
[[nodiscard]] OrProblem<void> CheckJsonType(const http::Fields& fields);

/// Reads and parses the body. Problems: as Parse and CheckJsonType, kTooLarge, kMalformed if there
/// is none.
[[nodiscard]] http::Awaitable<OrProblem<JsonBody>> ReadJsonBody(http::Exchange& exchange,
                                                                std::size_t size_max);

}  // namespace latchkey::api
