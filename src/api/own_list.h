#pragma once

// What an account has in memory, listed for the person who is signed in to it.

#include <expected>
#include <string_view>
#include <utility>

#include "api/services.h"
#include "api/sign_in_resource.h"
#include "problem/json_text.h"

namespace latchkey::api {

/// {"values":[…]}, also where a second step is still to be set up. `values_of(live)` is the array.
template <typename ValuesOf>
[[nodiscard]] Outcome AnswerOwnList(const Services& services, const Call& call,
                                    std::string_view action, ValuesOf values_of) {
  const OrProblem<LiveSession> live =
      services.guard.Admit(call.exchange, action, {.before_second_step = true});
  if (!live) return std::unexpected(live.error());
  Json json;
  json["values"] = values_of(*live);
  return NoStoreAnswer(200, json);
}

}  // namespace latchkey::api
