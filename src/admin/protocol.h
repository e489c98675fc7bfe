#pragma once

// The messages on the admin socket: one line of JSON each way.
//
//     {"method":"token.create","params":{"account":"ana",…}}      request
//     {"result":{…}}                                              answer
//     {"error":{"code":"not-found","message":"…","hint":"…"}}     answer
//
// A connection carries any number of requests, each answered before the next is read. Both ends are
// the same program, so everything that is not of this form is refused: no unknown or repeated
// member, no deep nesting.
//
// Thread safety: stateless.

#include <cstddef>
#include <string>
#include <string_view>

#include "admin/json.h"
#include "base/result.h"

namespace latchkey::admin {

/// Of a whole line with its line break. Lists are paged, so a message is far smaller, but for one:
/// `app.add` carries an app's document.
inline constexpr std::size_t kMessageSizeMax = std::size_t{32} * 1024 * 1024;

struct Request {
  std::string method;
  Json params;
};

/// Without line break, as are all of the following. Errors: kMalformed, kLimitExceeded.
[[nodiscard]] Result<Request> ParseRequest(std::string_view line);
[[nodiscard]] std::string FormatRequest(std::string_view method, const Json& params);

/// The result, or the error that the other end answered.
/// Errors beyond that: kMalformed, kLimitExceeded.
[[nodiscard]] Result<Json> ParseAnswer(std::string_view line);
[[nodiscard]] std::string FormatAnswer(const Result<Json>& answer);

/// {"code","message","hint"}: also what `--json` prints of an error.
[[nodiscard]] Json RenderError(const Error& error);

}  // namespace latchkey::admin
