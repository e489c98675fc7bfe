// Property: what is accepted is an object whose text, written out again, is accepted as an equal
// one; and asking any question of it ends.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/json_body.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::api::JsonBody;
  const std::string text(data, data + size);
  const auto body = JsonBody::Parse(text);
  if (!body) return 0;
  const auto again = JsonBody::Parse(body->Format());
  Require(again.has_value() && *again == *body && again->Format() == body->Format());
  static constexpr std::array<std::string_view, 3> kNames{"name", "scopes", "ttl"};
  for (const std::string_view name : kNames) {
    const auto found_text = body->FindText(name);
    const auto found_texts = body->FindTexts(name);
    const auto found_integer = body->FindInteger(name);
    // A member has one type.
    const int answers = int{found_text && *found_text} + int{found_texts && *found_texts} +
                        int{found_integer && *found_integer};
    Require(answers <= 1);
    if (!body->Has(name)) Require(answers == 0);
  }
  Require(body->RequireOnly(kNames).has_value() || body->Format() != "{}");
  return 0;
}
