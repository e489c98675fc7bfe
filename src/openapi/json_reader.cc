#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "openapi/readers.h"

namespace latchkey::openapi {
namespace {

using nlohmann::json;

/// Walks the text and leaves word of how far the parser has come: its events do not say where they
/// are.
class TracingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TracingIterator(const char* at, std::size_t& taken) : at_(at), taken_(&taken) {}
  reference operator*() const { return *at_; }
  TracingIterator& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  TracingIterator operator++(int) {
    TracingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TracingIterator& left, const TracingIterator& right) {
    return left.at_ == right.at_;
  }

 private:
  const char* at_;
  std::size_t* taken_;
};

/// Turns offsets, which only grow, into lines and columns.
class PositionCounter {
 public:
  explicit PositionCounter(std::string_view text) : text_(text) {}

  Position At(std::size_t offset) {
    for (; at_ < offset && at_ < text_.size(); ++at_) {
      constexpr unsigned char kContinuationMask = 0xc0;
      constexpr unsigned char kContinuation = 0x80;
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '\n') {
        ++position_.line;
        position_.column = 1;
      } else if ((byte & kContinuationMask) != kContinuation) {
        ++position_.column;
      }
    }
    return position_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
};

/// The parser's own words, without what it quotes of the text.
std::string WhatIsWrong(std::string_view words) {
  const std::size_t start = words.find("syntax error");
  if (start == std::string_view::npos) return "it is not JSON";
  words.remove_prefix(start);
  return "it is not JSON: " + std::string{words.substr(0, words.find("; last read"))};
}

class Handler final : public nlohmann::json_sax<json> {
 public:
  Handler(std::string_view text, DocumentBuilder& builder)
      : text_(text), counter_(text), builder_(builder) {}

  bool null() override { return builder_.Scalar(Node::Kind::kNull, "null", WordStart()); }
  bool boolean(bool value) override {
    return builder_.Scalar(Node::Kind::kBoolean, value ? "true" : "false", WordStart());
  }
  bool number_integer(number_integer_t value) override { return Number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Number(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return Number(text);
  }
  bool string(string_t& value) override {
    return builder_.Scalar(Node::Kind::kString, std::move(value), StringStart());
  }
  bool binary(binary_t& /*value*/) override { return builder_.Stop(Here(), "a binary value"); }
  bool start_object(std::size_t /*size*/) override {
    return builder_.Open(Node::Kind::kMapping, Here());
  }
  bool key(string_t& name) override { return builder_.Key(std::move(name), StringStart()); }
  bool end_object() override { return builder_.Close(); }
  bool start_array(std::size_t /*size*/) override {
    return builder_.Open(Node::Kind::kSequence, Here());
  }
  bool end_array() override { return builder_.Close(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const json::exception& error) override {
    return builder_.Stop(Here(), WhatIsWrong(error.what()));
  }

  [[nodiscard]] std::size_t& taken() { return taken_; }

 private:
  bool Number(std::string text) {
    return builder_.Scalar(Node::Kind::kNumber, std::move(text), WordStart());
  }

  /// At the character that was taken last.
  Position Here() { return counter_.At(taken_ == 0 ? 0 : taken_ - 1); }

  /// At the opening quote of the string that ends here: its content has no quote without a
  /// backslash before it, and no backslash that stands for nothing.
  Position StringStart() {
    std::size_t at = taken_ - 1;
    while (at > 0) {
      --at;
      if (text_[at] != '"') continue;
      std::size_t backslashes = 0;
      while (backslashes < at && text_[at - 1 - backslashes] == '\\') ++backslashes;
      if (backslashes % 2 == 0) break;
      at -= backslashes;
    }
    return counter_.At(at);
  }

  /// At the start of the number or word that ends here, or one character earlier: the end of a
  /// number is known by what follows.
  Position WordStart() {
    constexpr std::string_view kWord = "+-.0123456789abcdefghijklmnopqrstuvwxyzE";
    std::size_t at = taken_;
    if (at > 0 && !kWord.contains(text_[at - 1])) --at;
    while (at > 0 && kWord.contains(text_[at - 1])) --at;
    return counter_.At(at);
  }

  std::string_view text_;
  std::size_t taken_ = 0;
  PositionCounter counter_;
  DocumentBuilder& builder_;
};

}  // namespace

void ReadJson(std::string_view text, DocumentBuilder& builder) {
  Handler handler{text, builder};
  const TracingIterator first{text.data(), handler.taken()};
  const TracingIterator last{text.data() + text.size(), handler.taken()};
  const bool read = json::sax_parse(first, last, &handler);
  if (!read && !builder.fault()) builder.Stop({}, "it is not JSON");
}

}  // namespace latchkey::openapi
