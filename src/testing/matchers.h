#pragma once

// GoogleTest matchers for results:
//
//     EXPECT_THAT(store.Insert(record), IsOk());
//     EXPECT_THAT(ParseRole("write"), IsOkAnd(Role::kWrite));
//     EXPECT_THAT(Credential::Parse(""), FailsWith(Error::Code::kMalformed));
//     EXPECT_THAT(catalogue.ScopeSet({"x"}), FailsWith(kInvalidArgument, HasSubstr("unknown")));

#include <gmock/gmock.h>

#include <ostream>
#include <type_traits>

#include "base/result.h"

namespace latchkey {

/// How GoogleTest prints an Error.
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << CodeName(error.code) << ": " << Describe(error);
}

/// How it prints a result. Values are not shown: some are secret, most have no text.
template <typename T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  if (result.has_value()) {
    *out << "a value";
  } else {
    PrintTo(result.error(), out);
  }
}

/// The result has a value.
MATCHER(IsOk, negation ? "is an error" : "is a value") {
  if (arg.has_value()) return true;
  *result_listener << ::testing::PrintToString(arg.error());
  return false;
}

/// The result has a value, and `value` (itself a matcher, or a value to equal) matches it.
MATCHER_P(IsOkAnd, value, "is a value that is the wanted one") {
  if (!arg.has_value()) {
    *result_listener << ::testing::PrintToString(arg.error());
    return false;
  }
  using Value = typename std::remove_cvref_t<decltype(arg)>::value_type;
  return ::testing::ExplainMatchResult(::testing::SafeMatcherCast<const Value&>(value), *arg,
                                       result_listener);
}

/// The result is an error with this code.
MATCHER_P(FailsWith, code, std::string("fails with ") + std::string{CodeName(code)}) {
  if (arg.has_value()) {
    *result_listener << "which is a value";
    return false;
  }
  *result_listener << ::testing::PrintToString(arg.error());
  return arg.error().code == code;
}

/// Likewise, and its message matches `message`.
MATCHER_P2(FailsWith, code, message, std::string("fails with ") + std::string{CodeName(code)}) {
  if (arg.has_value()) {
    *result_listener << "which is a value";
    return false;
  }
  *result_listener << ::testing::PrintToString(arg.error());
  return arg.error().code == code &&
         ::testing::ExplainMatchResult(::testing::SafeMatcherCast<const std::string&>(message),
                                       arg.error().message, result_listener);
}

}  // namespace latchkey
