#include "openapi/document_builder.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace latchkey::openapi {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// `text` safe for a terminal, with about `shown` bytes of it, from its start and from its end.
std::string ShortenedInTheMiddle(std::string_view text, std::size_t shown) {
  if (text.size() <= shown) return EscapeForTerminal(text, 4 * shown);
  std::string_view end = text.substr(text.size() - shown / 2);
  while (!end.empty() && IsContinuation(end.front())) end.remove_prefix(1);
  return EscapeForTerminal(text, shown / 2) + EscapeForTerminal(end, 4 * shown);
}

}  // namespace

std::string PointerToken(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

std::string PlaceOf(std::string_view origin, Position where, std::string_view pointer) {
  constexpr std::size_t kPointerShown = 240;
  std::string place{origin};
  place += ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  if (!pointer.empty()) place += ": " + ShortenedInTheMiddle(pointer, kPointerShown);
  return place;
}

std::unexpected<Error> FailAt(std::string_view origin, const Fault& fault) {
  return Fail(fault.code,
              PlaceOf(origin, fault.where, fault.pointer) + ": " + EscapeForTerminal(fault.what),
              "docs/apps.md says what is read of a document.");
}

bool DocumentBuilder::ExpectsKey() const {
  return !open_.empty() && nodes_[open_.back().node].kind == Node::Kind::kMapping &&
         !open_.back().has_key;
}

std::string DocumentBuilder::Pointer() const {
  std::string pointer;
  for (const Frame& frame : open_) {
    const Node& node = nodes_[frame.node];
    // In the innermost one is what comes next; in the others, what was added last is still open.
    const bool innermost = &frame == &open_.back();
    if (node.kind == Node::Kind::kSequence) {
      pointer += "/" + std::to_string(node.members.size() - (innermost ? 0 : 1));
    } else if (!innermost) {
      pointer += "/" + PointerToken(node.members.back().key);
    } else if (frame.has_key) {
      pointer += "/" + PointerToken(frame.key);
    }
  }
  return pointer;
}

bool DocumentBuilder::Stop(Position where, std::string what, Error::Code code) {
  fault_ = Fault{.where = where, .pointer = Pointer(), .what = std::move(what), .code = code};
  return false;
}

bool DocumentBuilder::Key(std::string key, Position where) {
  Frame& frame = open_.back();
  if (!frame.keys.insert(key).second) {
    constexpr std::size_t kKeyShown = 80;
    return Stop(where, "the key \"" + ShortenedInTheMiddle(key, kKeyShown) + "\" stands twice");
  }
  frame.key = std::move(key);
  frame.has_key = true;
  return true;
}

bool DocumentBuilder::Attach(NodeIndex index, Position where) {
  if (open_.empty()) {
    if (root_) return Stop(where, "more than one document");
    root_ = index;
    return true;
  }
  Frame& frame = open_.back();
  Node& parent = nodes_[frame.node];
  if (parent.kind == Node::Kind::kMapping && !frame.has_key) {
    return Stop(where, "a key that is not a plain text");
  }
  parent.members.push_back({.key = std::move(frame.key), .node = index});
  frame.key.clear();
  frame.has_key = false;
  return true;
}

bool DocumentBuilder::Add(Node node) {
  const Position where = node.where;
  if (nodes_.size() == kNodesMax) {
    return Stop(where, "more than " + std::to_string(kNodesMax) + " parts",
                Error::Code::kLimitExceeded);
  }
  nodes_.push_back(std::move(node));
  return Attach(last(), where);
}

bool DocumentBuilder::Scalar(Node::Kind kind, std::string text, Position where) {
  return Add({.kind = kind, .where = where, .text = std::move(text)});
}

bool DocumentBuilder::Open(Node::Kind kind, Position where) {
  if (open_.size() == kDepthMax) {
    return Stop(where, "nested deeper than " + std::to_string(kDepthMax),
                Error::Code::kLimitExceeded);
  }
  if (!Add({.kind = kind, .where = where})) return false;
  open_.push_back({.node = last()});
  return true;
}

bool DocumentBuilder::Close() {
  open_.pop_back();
  return true;
}

bool DocumentBuilder::Again(NodeIndex index, Position where) {
  if (std::ranges::find(open_, index, &Frame::node) != open_.end()) {
    return Stop(where, "an alias inside of what it stands for");
  }
  return Attach(index, where);
}

Document DocumentBuilder::Take() && { return {std::move(nodes_), root_.value_or(0)}; }

}  // namespace latchkey::openapi
