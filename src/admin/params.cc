#include "admin/params.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace latchkey::admin {

Params::Params(const Json& json) : json_(json) {
  if (!json_.is_object()) {
    error_ = Error{Error::Code::kInvalidArgument, "the parameters are not a JSON object"};
  }
}

const Json* Params::Find(std::string_view name) {
  known_.emplace(name);
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void Params::Blame(std::string_view name, std::string_view what) {
  if (error_) return;
  error_ = Error{Error::Code::kInvalidArgument,
                 "the parameter \"" + std::string{name} + "\" " + std::string{what}};
}

std::optional<std::string> Params::OptionalText(std::string_view name) {
  const Json* found = Find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) {
    Blame(name, "is not a text");
    return std::nullopt;
  }
  return found->get_ref<const std::string&>();
}

std::string Params::Text(std::string_view name) {
  std::optional<std::string> text = OptionalText(name);
  if (!text) Blame(name, "is missing");
  return std::move(text).value_or(std::string{});
}

SecretString Params::Secret(std::string_view name) {
  const Json* found = Find(name);
  if (found == nullptr) return {};
  if (!found->is_string()) {
    Blame(name, "is not a text");
    return {};
  }
  return SecretString{std::string_view{found->get_ref<const std::string&>()}};
}

std::vector<std::string> Params::Texts(std::string_view name) {
  const Json* found = Find(name);
  if (found == nullptr) return {};
  const bool texts = found->is_array() &&
                     std::ranges::all_of(*found, [](const Json& item) { return item.is_string(); });
  if (!texts) {
    Blame(name, "is not a list of texts");
    return {};
  }
  std::vector<std::string> result;
  for (const Json& item : *found) result.push_back(item.get_ref<const std::string&>());
  return result;
}

bool Params::Flag(std::string_view name) {
  const Json* found = Find(name);
  if (found == nullptr) return false;
  if (!found->is_boolean()) Blame(name, "is neither true nor false");
  return found->is_boolean() && found->get<bool>();
}

std::size_t Params::Count(std::string_view name, std::size_t max) {
  const Json* found = Find(name);
  if (found == nullptr) return max;
  const std::int64_t count = found->is_number_integer() ? found->get<std::int64_t>() : 0;
  if (count <= 0) {
    Blame(name, "is not a positive number");
    return max;
  }
  return std::min(static_cast<std::size_t>(count), max);
}

Result<void> Params::Finish() {
  if (error_) return std::unexpected(*error_);
  for (const auto& [name, value] : json_.items()) {
    if (known_.contains(name)) continue;
    return Fail(
        Error::Code::kInvalidArgument, "unknown parameter \"" + EscapeForTerminal(name, 80) + "\"",
        "Program and server may be of different versions: \"latchkey status\" shows the server's.");
  }
  return {};
}

}  // namespace latchkey::admin
