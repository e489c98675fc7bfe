#include "store/rows/refusal.h"

#include <string>
#include <variant>

#include "base/text.h"

namespace latchkey::rows {

Error Taken(std::string_view what, std::string_view value) {
  return {
      .code = Error::Code::kAlreadyExists,
      .message = "the " + std::string{what} + " \"" + EscapeForTerminal(value, 80) + "\" is taken"};
}

Error Outdated(RecordType type, std::string_view key) {
  return {
      .code = Error::Code::kConflict,
      .message = std::string{TypeName(type)} + " " + std::string{key} + " changed in the meantime",
      .hint = "Read it again, then repeat the change."};
}

Error NotStorable() {
  return {.code = Error::Code::kInvalidArgument,
          .message = "the name of a scope, permission, method or app is empty or holds a space"};
}

Instant PresentOf(const Record& record) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.created_at; }) return one.created_at;
        if constexpr (requires { one.value.created_at; }) return one.value.created_at;
        return Instant::min();
      },
      record);
}

}  // namespace latchkey::rows
