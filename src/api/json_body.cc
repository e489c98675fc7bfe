#include "api/json_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/secret.h"
#include "base/text.h"
#include "credential/scan.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

using nlohmann::json;

/// `"name"` if it is fit to be repeated, else words for it.
std::string NameForPeople(std::string_view name) {
  constexpr std::size_t kShownMax = 64;
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (name.empty() || name.size() > kShownMax || !plain || FindCredential(name)) {
    return "with an unusual name";
  }
  return "\"" + std::string{name} + "\"";
}

/// Builds the object from the parser's events, and stops at the first thing that is not acceptable.
class Builder final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return Stop("it has a binary value"); }

  bool start_object(std::size_t /*size*/) override { return Open(json::object()); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) {
      return Stop("the member " + NameForPeople(name) + " stands twice");
    }
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t /*size*/) override {
    if (open_.empty()) return Stop(kNoObject);
    return Open(json::array());
  }
  bool end_array() override { return Close(); }

  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const json::exception& /*error*/) override {
    return Stop(fmt::format("it is not JSON at byte {}", position));
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] json Take() && { return std::move(root_); }

 private:
  static constexpr std::string_view kNoObject = "it is not an object";

  bool Stop(std::string_view fault) {
    fault_ = fault;
    return false;
  }

  json* Insert(json value) {
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    json& member = parent[key_];
    member = std::move(value);
    return &member;
  }

  bool Add(json value) {
    if (open_.empty()) return Stop(kNoObject);
    if (++values_ > JsonBody::kValuesMax) return Stop("it has too many values");
    Insert(std::move(value));
    return true;
  }

  // Pointers into arrays stay valid: a container is only added to while it is the innermost open
  // one.
  bool Open(json container) {
    if (open_.size() == JsonBody::kDepthMax) return Stop("it is nested too deeply");
    if (open_.empty()) {
      root_ = std::move(container);
      open_.push_back(&root_);
      return true;
    }
    if (++values_ > JsonBody::kValuesMax) return Stop("it has too many values");
    open_.push_back(Insert(std::move(container)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  json root_;
  std::vector<json*> open_;
  std::string key_;
  std::size_t values_ = 0;
  std::string fault_;
};

std::unexpected<Problem> BadBody(std::string_view fault) {
  return ProblemWith(ProblemType::kMalformed, "the body cannot be read: " + std::string{fault});
}

std::unexpected<Problem> WrongType(std::string_view name, std::string_view wanted) {
  return ProblemWith(ProblemType::kInvalidValue, fmt::format("{} must be {}", name, wanted),
                     std::string{name});
}

std::unexpected<Problem> Missing(std::string_view name) {
  return ProblemWith(ProblemType::kInvalidValue, fmt::format("{} is missing", name),
                     std::string{name});
}

/// Whether the parameters behind `application/json` are nothing, or charset=utf-8.
bool IsUtf8Parameter(std::string_view parameters) {
  const auto trim = [](std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return std::string_view{};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  };
  parameters = trim(parameters);
  if (parameters.empty()) return true;
  if (parameters.front() != ';') return false;
  parameters = trim(parameters.substr(1));
  return EqualsIgnoringCase(parameters, "charset=utf-8") ||
         EqualsIgnoringCase(parameters, "charset=\"utf-8\"");
}

}  // namespace

OrProblem<JsonBody> JsonBody::Parse(std::string_view text) {
  // The parser takes a NUL for the end, and skips a byte order mark.
  if (text.find('\0') != std::string_view::npos) return BadBody("it has a NUL byte");
  if (text.starts_with("\xEF\xBB\xBF")) return BadBody("it begins with a byte order mark");
  Builder builder;
  const bool accepted = json::sax_parse(text.begin(), text.end(), &builder,
                                        json::input_format_t::json, /*strict=*/true);
  if (!accepted || !builder.fault().empty()) return BadBody(builder.fault());
  return JsonBody{std::move(builder).Take()};
}

OrProblem<void> JsonBody::RequireOnly(std::span<const std::string_view> names) const {
  for (const auto& [name, value] : object_.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    return ProblemWith(ProblemType::kUnknownMember,
                       "there is no member " + NameForPeople(name) + " here");
  }
  return {};
}

const json* JsonBody::Find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

OrProblem<std::optional<std::string>> JsonBody::FindText(std::string_view name) const {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return WrongType(name, "a text");
  return value->get<std::string>();
}

OrProblem<std::optional<std::int64_t>> JsonBody::FindInteger(std::string_view name) const {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  const bool too_big = value->is_number_unsigned() && value->get<std::uint64_t>() > kMax;
  const bool fits = value->is_number_integer() && !too_big;
  if (!fits) return WrongType(name, "an integer of at most 64 bits");
  return value->get<std::int64_t>();
}

OrProblem<std::optional<std::int64_t>> JsonBody::FindIntegerOrNull(std::string_view name) const {
  const json* value = Find(name);
  if (value != nullptr && value->is_null()) return std::nullopt;
  return FindInteger(name);
}

OrProblem<std::optional<bool>> JsonBody::FindFlag(std::string_view name) const {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) return WrongType(name, "true or false");
  return value->get<bool>();
}

OrProblem<std::optional<JsonBody>> JsonBody::FindObject(std::string_view name) const {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) return WrongType(name, "an object");
  return JsonBody{*value};
}

OrProblem<std::optional<SecretString>> JsonBody::TakeSecret(std::string_view name) {
  const auto found = object_.find(name);
  if (found == object_.end()) return std::nullopt;
  if (!found->is_string()) return WrongType(name, "a text");
  return SecretString{std::move(found->get_ref<std::string&>())};
}

OrProblem<std::optional<std::vector<std::string>>> JsonBody::FindTexts(
    std::string_view name) const {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  const bool texts = value->is_array() && std::ranges::all_of(*value, [](const json& element) {
                       return element.is_string();
                     });
  if (!texts) return WrongType(name, "an array of texts");
  return value->get<std::vector<std::string>>();
}

OrProblem<std::string> JsonBody::RequireText(std::string_view name) const {
  OrProblem<std::optional<std::string>> found = FindText(name);
  if (!found) return std::unexpected(found.error());
  if (!*found) return Missing(name);
  return std::move(**found);
}

OrProblem<std::vector<std::string>> JsonBody::RequireTexts(std::string_view name) const {
  OrProblem<std::optional<std::vector<std::string>>> found = FindTexts(name);
  if (!found) return std::unexpected(found.error());
  if (!*found) return Missing(name);
  return std::move(**found);
}

std::string JsonBody::Format() const { return object_.dump(); }

OrProblem<void> CheckJsonType(const http::Fields& fields) {
  constexpr std::string_view kType = "application/json";
  if (fields.Count("Content-Encoding") > 0) {
    return ProblemWith(ProblemType::kUnsupportedMediaType,
                       "send the body without Content-Encoding");
  }
  const std::string_view type = fields.Find("Content-Type").value_or("");
  if (fields.Count("Content-Type") == 1 &&
      EqualsIgnoringCase(type.substr(0, kType.size()), kType) &&
      IsUtf8Parameter(type.substr(kType.size()))) {
    return {};
  }
  return ProblemWith(ProblemType::kUnsupportedMediaType,
                     "send the body as application/json, in UTF-8");
}

http::Awaitable<OrProblem<JsonBody>> ReadJsonBody(http::Exchange& exchange, std::size_t size_max) {
  const http::RequestHead& head = exchange.head();
  if (!head.has_body) co_return BadBody("there is none");
  const OrProblem<void> typed = CheckJsonType(head.fields);
  if (!typed) co_return std::unexpected(typed.error());
  Result<std::string> text = co_await exchange.ReadWholeBody(size_max);
  if (!text) co_return std::unexpected(ProblemFor(text.error()));
  OrProblem<JsonBody> body = JsonBody::Parse(*text);
  // Somebody may have put a secret where none belongs.
  Wipe(*text);
  co_return body;
}

}  // namespace latchkey::api
