#pragma once

// Records as JSON, whole: every field, the version and the seal.
//
// A text that is not UTF-8, which JSON cannot hold, is written as `{"hex":"…"}`, so that nothing
// that was sealed is ever lost on the way. Instants are RFC 3339, seals hexadecimal.

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "authority/record.h"
#include "base/instant.h"

namespace latchkey {

using OrderedJson = nlohmann::ordered_json;

[[nodiscard]] OrderedJson TextToJson(std::string_view text);
/// The text that TextToJson() was given; nothing if it is not what that writes.
[[nodiscard]] std::optional<std::string> TextFromJson(const OrderedJson& value);
[[nodiscard]] OrderedJson RecordToJson(const Record& record);

/// Reads the members of a JSON object. A member that is missing or of another type makes the whole
/// reading fail; what is read then is empty, and must not be used.
class JsonReader {
 public:
  explicit JsonReader(const OrderedJson& object);

  [[nodiscard]] std::string Text(const char* name);
  [[nodiscard]] std::uint64_t Number(const char* name);
  [[nodiscard]] bool Flag(const char* name);
  [[nodiscard]] Instant Time(const char* name);
  [[nodiscard]] std::optional<Instant> OptionalTime(const char* name);
  [[nodiscard]] std::optional<std::string> OptionalText(const char* name);
  [[nodiscard]] std::optional<std::chrono::seconds> OptionalSeconds(const char* name);
  [[nodiscard]] std::vector<std::string> Texts(const char* name);
  [[nodiscard]] Seal SealBytes(const char* name);
  /// Null if it is missing.
  [[nodiscard]] const OrderedJson* Object(const char* name);
  /// The value that `parse` makes of a text, or the one given.
  template <typename T>
  [[nodiscard]] T Parsed(const char* name, std::optional<T> (*parse)(std::string_view),
                         T otherwise) {
    const std::optional<T> value = parse(Text(name));
    if (!value) ok_ = false;
    return value.value_or(otherwise);
  }
  void Fail() { ok_ = false; }

  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] const OrderedJson* Find(const char* name);

  const OrderedJson& object_;
  bool ok_;
};

/// Nothing if it is not what RecordToJson() writes for a record of that type.
[[nodiscard]] std::optional<Record> RecordFromJson(RecordType type, const OrderedJson& object);

}  // namespace latchkey
