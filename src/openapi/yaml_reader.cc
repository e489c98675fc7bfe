#include <yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "openapi/readers.h"

namespace latchkey::openapi {
namespace {

/// Owns libyaml's parser.
class Parser {
 public:
  explicit Parser(std::string_view text) : usable_(yaml_parser_initialize(&parser_) == 1) {
    if (!usable_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() {
    if (usable_) yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  [[nodiscard]] bool Next(yaml_event_t& event) {
    return usable_ && yaml_parser_parse(&parser_, &event) == 1;
  }
  [[nodiscard]] const char* problem() const { return usable_ ? parser_.problem : nullptr; }
  /// Where the problem is; bad bytes have an offset and no mark.
  [[nodiscard]] yaml_mark_t problem_mark() const {
    const bool in_bytes = parser_.error == YAML_READER_ERROR;
    return in_bytes ? parser_.mark : parser_.problem_mark;
  }

 private:
  yaml_parser_t parser_{};
  bool usable_;
};

/// Owns one event.
class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  [[nodiscard]] yaml_event_t& raw() { return event_; }

 private:
  yaml_event_t event_{};
};

Position PositionOf(const yaml_mark_t& mark) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() - 1;
  return {.line = static_cast<std::uint32_t>(std::min(mark.line, kMost)) + 1,
          .column = static_cast<std::uint32_t>(std::min(mark.column, kMost)) + 1};
}

std::string TextOf(const yaml_char_t* text) {
  return text == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(text)};
}

template <std::size_t kSize>
bool IsOneOf(std::string_view text, const std::array<std::string_view, kSize>& words) {
  return std::ranges::find(words, text) != words.end();
}

/// What a plain scalar is by YAML 1.2's core schema.
Node::Kind KindOfPlain(std::string_view text) {
  constexpr std::array<std::string_view, 5> kNulls{"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 6> kBooleans{"true",  "True",  "TRUE",
                                                      "false", "False", "FALSE"};
  if (IsOneOf(text, kNulls)) return Node::Kind::kNull;
  if (IsOneOf(text, kBooleans)) return Node::Kind::kBoolean;
  const std::string_view digits = text.substr(text.find_first_not_of("+-") == 1 ? 1 : 0);
  const bool number = digits.find_first_of("0123456789") != std::string_view::npos &&
                      digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
                      std::ranges::count(digits, '.') <= 1;
  return number ? Node::Kind::kNumber : Node::Kind::kString;
}

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

/// Takes events until the stream ends.
class Translator {
 public:
  explicit Translator(DocumentBuilder& builder) : builder_(builder) {}

  /// False: no further event, for it is the end, or there is a fault.
  bool Take(const yaml_event_t& event) {
    const Position where = PositionOf(event.start_mark);
    switch (event.type) {
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT: return true;
      case YAML_STREAM_END_EVENT: return false;
      case YAML_DOCUMENT_START_EVENT:
        return !builder_.finished() || builder_.Stop(where, "more than one document");
      case YAML_ALIAS_EVENT: return Alias(TextOf(event.data.alias.anchor), where);
      case YAML_SCALAR_EVENT: return Scalar(event, where);
      case YAML_SEQUENCE_START_EVENT:
        return Open(Node::Kind::kSequence, event.data.sequence_start.anchor,
                    event.data.sequence_start.tag, where);
      case YAML_MAPPING_START_EVENT:
        return Open(Node::Kind::kMapping, event.data.mapping_start.anchor,
                    event.data.mapping_start.tag, where);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return builder_.Close();
    }
    return builder_.Stop(where, "an unknown event");
  }

 private:
  bool Alias(const std::string& anchor, Position where) {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return builder_.Stop(where, "an alias of nothing");
    return builder_.Again(found->second, where);
  }

  bool CheckTag(const std::string& tag, Position where) {
    if (tag.empty() || tag == "!" || tag.starts_with(kCoreTags)) return true;
    return builder_.Stop(where, "an unknown tag");
  }

  bool Scalar(const yaml_event_t& event, Position where) {
    const auto& scalar = event.data.scalar;
    const std::string tag = TextOf(scalar.tag);
    if (!CheckTag(tag, where)) return false;
    std::string text{reinterpret_cast<const char*>(scalar.value), scalar.length};
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (builder_.ExpectsKey()) {
      if (plain && text == "<<") return builder_.Stop(where, "a merge key");
      return builder_.Key(std::move(text), where);
    }
    const bool is_text = !plain || tag == "!" || tag == std::string{kCoreTags} + "str";
    const Node::Kind kind = is_text ? Node::Kind::kString : KindOfPlain(text);
    if (!builder_.Scalar(kind, std::move(text), where)) return false;
    Name(scalar.anchor);
    return true;
  }

  bool Open(Node::Kind kind, const yaml_char_t* anchor, const yaml_char_t* tag, Position where) {
    if (!CheckTag(TextOf(tag), where) || !builder_.Open(kind, where)) return false;
    Name(anchor);
    return true;
  }

  void Name(const yaml_char_t* anchor) {
    if (anchor != nullptr) anchors_[TextOf(anchor)] = builder_.last();
  }

  DocumentBuilder& builder_;
  std::map<std::string, NodeIndex> anchors_;
};

}  // namespace

void ReadYaml(std::string_view text, DocumentBuilder& builder) {
  Parser parser{text};
  Translator translator{builder};
  for (;;) {
    Event event;
    if (!parser.Next(event.raw())) {
      const char* problem = parser.problem();
      builder.Stop(PositionOf(parser.problem_mark()),
                   "it is not YAML: " + std::string{problem == nullptr ? "no memory" : problem});
      return;
    }
    if (!translator.Take(event.raw())) break;
  }
  if (!builder.fault() && !builder.finished()) builder.Stop({}, "it is empty");
}

}  // namespace latchkey::openapi
