#include "json/strict_json.h"

#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

using nlohmann::json;

/// Watches the parser: one set of names for each object that is open.
class Watch {
 public:
  static constexpr int kDepthMax = 16;

  bool operator()(int depth, json::parse_event_t event, const json& value) {
    if (depth > kDepthMax) fault_ = "it is nested too deeply";
    if (event == json::parse_event_t::object_start) names_.emplace_back();
    if (event == json::parse_event_t::object_end && !names_.empty()) names_.pop_back();
    if (event == json::parse_event_t::key && !names_.empty() &&
        !names_.back().insert(value.get<std::string>()).second) {
      fault_ = "a member stands twice";
    }
    // What is not kept takes no memory: a body that is too deep ends here.
    return fault_.empty();
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  std::vector<std::set<std::string>> names_;
  std::string fault_;
};

}  // namespace

Result<json> ParseStrictJson(std::string_view what, std::string_view text, std::size_t size_max) {
  const auto refuse = [what](std::string_view why) {
    return Fail(Error::Code::kMalformed,
                std::string{what} + " cannot be read: " + std::string{why});
  };
  if (text.size() > size_max) {
    return Fail(Error::Code::kLimitExceeded,
                std::string{what} + " has more than " + std::to_string(size_max) + " bytes");
  }
  // The parser takes a NUL for the end, and skips a byte order mark.
  if (text.find('\0') != std::string_view::npos) return refuse("it has a NUL byte");
  if (text.starts_with("\xEF\xBB\xBF")) return refuse("it begins with a byte order mark");
  Watch watch;
  json object = json::parse(text, std::ref(watch), /*allow_exceptions=*/false);
  if (!watch.fault().empty()) return refuse(watch.fault());
  if (object.is_discarded()) return refuse("it is not JSON");
  if (!object.is_object()) return refuse("it is not an object");
  return object;
}

const std::string* FindText(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace latchkey
