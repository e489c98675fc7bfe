#pragma once

// Expected failures as values.
//
// `Result<T>` carries either a value or an `Error`. An Error is made for two readers: the program,
// which switches on `code`, and the person, who reads `message` (what happened) and `hint` (what to
// do). Neither ever contains a secret, in whole or in part.
//
// A denial of a request is not an Error: see verify/verdict.h.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey {

struct Error {
  enum class Code : std::uint8_t {
    kMalformed,         ///< A text is not of its documented form.
    kBadChecksum,       ///< A credential of the right form with a character lost or changed.
    kInvalidArgument,   ///< Well formed, but not acceptable: out of policy, unknown name, too long.
    kNotFound,          ///< No such record.
    kAlreadyExists,     ///< A unique name, e-mail or idempotency key is taken.
    kConflict,          ///< The record changed since it was read (version mismatch).
    kPermissionDenied,  ///< The caller may not do this.
    kLimitExceeded,     ///< A documented limit on size or number.
    kUnavailable,       ///< A dependency cannot answer now; the outcome may be unknown.
    kNoSpace,           ///< The disk is full; nothing was changed.
    kTampered,          ///< A sealed record or the journal does not authenticate.
    kDisagreement,      ///< Database and journal do not hold the same changes.
    kInUse,             ///< Another process owns the resource.
    kIo,                ///< Any other failure of the operating system.
    kInternal,          ///< A bug: an invariant of ours does not hold.
  };

  Code code;
  /// What happened: one sentence without trailing line break.
  std::string message;
  /// What to do about it. May be empty.
  std::string hint = {};
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return Fail(Error::Code::kNotFound, "no account \"bob\"", "latchkey account list shows them");`
[[nodiscard]] inline std::unexpected<Error> Fail(Error::Code code, std::string message,
                                                 std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint)});
}

/// The stable lower-case name of a code, for logs and JSON: `invalid-argument`.
[[nodiscard]] std::string_view CodeName(Error::Code code);

/// "message\nhint" or just "message".
[[nodiscard]] std::string Describe(const Error& error);

}  // namespace latchkey
