#pragma once

// A JSON or YAML document as a tree that knows where each of its parts stands.
//
// YAML's aliases share a node, they do not copy it: the tree is a graph without circles, as large
// as the text. Whoever walks it must bound how often.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace latchkey::openapi {

/// Counted from 1; columns in characters.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

using NodeIndex = std::uint32_t;

struct Member {
  std::string key;  ///< Empty in a sequence.
  NodeIndex node;
};

struct Node {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kSequence, kMapping };
  Kind kind;
  Position where;
  std::string text = {};             ///< Of a scalar: unquoted; a number as it is written.
  std::vector<Member> members = {};  ///< Of a mapping, keys unique; or of a sequence.
};

class Document {
 public:
  /// What a look-up found, and how many keys it compared: who looks up often bounds the sum.
  struct Found {
    const Node* node;
    std::size_t compared;
  };

  Document(std::vector<Node> nodes, NodeIndex root);

  [[nodiscard]] const Node& root() const { return nodes_[root_]; }
  [[nodiscard]] const Node& node(NodeIndex index) const { return nodes_[index]; }
  /// The value under `key`; null if there is none, or if `mapping` is something else.
  [[nodiscard]] const Node* Find(const Node& mapping, std::string_view key) const {
    return LookUp(mapping, key).node;
  }
  /// The same. Compares as many keys as a binary search does where there are many.
  [[nodiscard]] Found LookUp(const Node& mapping, std::string_view key) const;

 private:
  using Positions = std::vector<std::uint32_t>;

  std::vector<Node> nodes_;
  NodeIndex root_;
  std::unordered_map<NodeIndex, Positions> by_key_;  // Of each large mapping, in the keys' order.
};

/// Larger documents are refused unread. One is sent to the server as one message, in which each
/// quote and line break takes two bytes, and a message may have 32 MiB.
inline constexpr std::size_t kDocumentSizeMax = std::size_t{16} * 1024 * 1024;
/// Deeper ones, and those of more parts, are refused.
inline constexpr std::size_t kDepthMax = 200;
inline constexpr std::size_t kNodesMax = 2'000'000;

/// Reads a text: as JSON if it begins with `{`, else as YAML. A key that stands twice in a mapping
/// is refused; in YAML also several documents, merge keys (`<<`), keys that are no scalars, unknown
/// tags, and aliases of what is not finished. Errors: kMalformed, as
/// `origin:line:column: /json/pointer: what is wrong`; kLimitExceeded.
[[nodiscard]] Result<Document> ParseDocument(std::string_view text, std::string_view origin);

}  // namespace latchkey::openapi
