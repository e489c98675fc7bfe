#pragma once

#include <nlohmann/json.hpp>

#include "base/secret.h"

namespace latchkey::admin {

/// Objects keep the order in which their members were added: what people read comes first.
using Json = nlohmann::ordered_json;

/// Wipes every text in `json`, then empties it: for messages that carried a secret. What the JSON
/// library copied meanwhile is out of reach; the program therefore writes no core dumps.
void WipeTexts(Json& json) noexcept;

/// The text member of an object, or an empty text.
[[nodiscard]] std::string TextOf(const Json& object, std::string_view name);

/// Wipes a value when it goes out of scope.
class WipedJson {
 public:
  explicit WipedJson(Json value) : value_(std::move(value)) {}
  WipedJson(const WipedJson&) = delete;
  WipedJson& operator=(const WipedJson&) = delete;
  ~WipedJson() { WipeTexts(value_); }

  [[nodiscard]] const Json& operator*() const { return value_; }
  [[nodiscard]] const Json* operator->() const { return &value_; }

 private:
  Json value_;
};

}  // namespace latchkey::admin
