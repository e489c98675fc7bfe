#include "admin/protocol.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace latchkey::admin {
namespace {

using enum Error::Code;

constexpr int kDepthMax = 8;
constexpr auto kReplace = Json::error_handler_t::replace;  // Ill-formed UTF-8 becomes U+FFFD.

/// Watches a parse for what the parser itself lets pass.
class Strictness {
 public:
  /// False leaves out what comes, so that nothing deep is ever built, nor must be taken apart
  /// again.
  bool Accept(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > kDepthMax) ok_ = false;
    if (!ok_) return false;
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key) {
      ok_ = keys_.back().insert(parsed.get_ref<const std::string&>()).second;
    }
    return ok_;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::vector<std::set<std::string>> keys_;
  bool ok_ = true;
};

std::unexpected<Error> NotAMessage() {
  return Fail(kMalformed, "not a message of the admin protocol",
              "Only the program latchkey speaks on this socket.");
}

Result<Json> ParseObject(std::string_view line) {
  if (line.size() > kMessageSizeMax) return Fail(kLimitExceeded, "the message is too long");
  Strictness strictness;
  Json json = Json::parse(
      line.begin(), line.end(),
      [&strictness](int depth, Json::parse_event_t event, const Json& parsed) {
        return strictness.Accept(depth, event, parsed);
      },
      /*allow_exceptions=*/false);
  if (!json.is_object() || !strictness.ok()) {
    WipeTexts(json);
    return NotAMessage();
  }
  return json;
}

Error::Code ParseCode(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(kInternal); ++i) {
    const auto code = static_cast<Error::Code>(i);
    if (CodeName(code) == name) return code;
  }
  return kInternal;
}

std::optional<Error> ParseError(const Json& json) {
  if (!json.is_object() || json.size() != 3) return std::nullopt;
  for (const char* name : {"code", "message", "hint"}) {
    if (!json.contains(name) || !json.find(name)->is_string()) return std::nullopt;
  }
  return Error{ParseCode(TextOf(json, "code")), TextOf(json, "message"), TextOf(json, "hint")};
}

}  // namespace

Result<Request> ParseRequest(std::string_view line) {
  Result<Json> json = ParseObject(line);
  if (!json) return std::unexpected(json.error());
  const auto params = json->find("params");
  const std::string method = TextOf(*json, "method");
  if (json->size() != 2 || method.empty() || params == json->end() || !params->is_object()) {
    WipeTexts(*json);
    return NotAMessage();
  }
  return Request{.method = method, .params = std::move(*params)};
}

std::string FormatRequest(std::string_view method, const Json& params) {
  Json json{{"method", method}, {"params", params}};
  std::string line = json.dump(-1, ' ', /*ensure_ascii=*/false, kReplace);
  WipeTexts(json);
  return line;
}

Result<Json> ParseAnswer(std::string_view line) {
  Result<Json> json = ParseObject(line);
  if (!json) return json;
  if (json->size() == 1 && json->contains("result")) return std::move(*json->find("result"));
  if (json->size() == 1 && json->contains("error")) {
    if (std::optional<Error> error = ParseError(*json->find("error"))) {
      return std::unexpected(std::move(*error));
    }
  }
  WipeTexts(*json);
  return NotAMessage();
}

std::string FormatAnswer(const Result<Json>& answer) {
  Json json = answer ? Json{{"result", *answer}} : Json{{"error", RenderError(answer.error())}};
  std::string line = json.dump(-1, ' ', /*ensure_ascii=*/false, kReplace);
  WipeTexts(json);
  return line;
}

Json RenderError(const Error& error) {
  return Json{{"code", CodeName(error.code)}, {"message", error.message}, {"hint", error.hint}};
}

}  // namespace latchkey::admin
