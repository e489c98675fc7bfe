#include "store/postgres/translate.h"

#include <algorithm>
#include <array>
#include <string>

namespace latchkey::postgres {
namespace {

using enum Error::Code;

struct Meaning {
  std::string_view prefix;
  Error::Code code;
  std::string_view what;
  std::string_view hint = {};
};

/// The first whose prefix fits.
constexpr std::array<Meaning, 20> kMeanings{{
    {.prefix = "53100",
     .code = kNoSpace,
     .what = "its disk is full",
     .hint = "Make room on the database server."},
    {.prefix = "53300", .code = kUnavailable, .what = "it takes no more connections"},
    {.prefix = "53", .code = kUnavailable, .what = "it ran out of a resource"},
    {.prefix = "23505", .code = kAlreadyExists, .what = "there is a row with the same key"},
    {.prefix = "XX001", .code = kTampered, .what = "its data is damaged"},
    {.prefix = "XX002", .code = kTampered, .what = "an index of it is damaged"},
    {.prefix = "55P03", .code = kUnavailable, .what = "somebody else held the lock for too long"},
    {.prefix = "57014", .code = kUnavailable, .what = "it took too long"},
    {.prefix = "57P", .code = kUnavailable, .what = "the server is ending, starting or gone"},
    {.prefix = "25006", .code = kUnavailable, .what = "this server takes no writes now"},
    {.prefix = "25P03", .code = kUnavailable, .what = "the transaction stood idle for too long"},
    {.prefix = "40", .code = kUnavailable, .what = "another transaction came in between"},
    {.prefix = "08", .code = kUnavailable, .what = "the connection was lost"},
    {.prefix = "28", .code = kIo, .what = "the server refuses user or password"},
    {.prefix = "3D000", .code = kIo, .what = "there is no database of that name"},
    {.prefix = "42501", .code = kIo, .what = "the user has no right to do that"},
    {.prefix = "42P01", .code = kIo, .what = "a table is missing"},
    {.prefix = "42P07", .code = kIo, .what = "a table of that name is there already"},
    {.prefix = "42", .code = kIo, .what = "it does not know the statement"},
    {.prefix = "", .code = kIo, .what = "it failed"},
}};

}  // namespace

Error Translate(std::string_view sqlstate, std::string_view doing) {
  const auto* meaning = std::ranges::find_if(
      kMeanings, [&](const Meaning& one) { return sqlstate.starts_with(one.prefix); });
  std::string message = "the database cannot " + std::string{doing} + ": ";
  message.append(meaning->what).append(" (SQLSTATE ").append(sqlstate).append(")");
  return {.code = meaning->code, .message = std::move(message), .hint = std::string{meaning->hint}};
}

bool LeavesOutcomeOpen(std::string_view sqlstate) {
  // 40003: the server itself does not know.
  return sqlstate == "40003" || sqlstate.starts_with("08") || sqlstate.starts_with("57");
}

}  // namespace latchkey::postgres
