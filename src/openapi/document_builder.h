#pragma once

// Builds a Document from a reader's events, and refuses what no document of ours may have.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "openapi/document.h"

namespace latchkey::openapi {

/// What is wrong, and where.
struct Fault {
  Position where;
  std::string pointer;
  std::string what;
  Error::Code code = Error::Code::kMalformed;
};

/// `/paths/~1users/get`: one token of a JSON pointer (RFC 6901), escaped.
[[nodiscard]] std::string PointerToken(std::string_view key);

/// `origin:line:column: pointer`, safe for a terminal. A long pointer is cut in its middle: its end
/// tells the place, and what is wrong with it must still be in sight.
[[nodiscard]] std::string PlaceOf(std::string_view origin, Position where,
                                  std::string_view pointer);

/// `origin:line:column: pointer: what`, safe for a terminal.
[[nodiscard]] std::unexpected<Error> FailAt(std::string_view origin, const Fault& fault);

/// Each event returns whether it is acceptable; the first that is not sets fault(), and no other
/// may follow.
class DocumentBuilder {
 public:
  bool Scalar(Node::Kind kind, std::string text, Position where);
  bool Open(Node::Kind kind, Position where);
  bool Close();
  /// A mapping's next key; its value follows.
  bool Key(std::string key, Position where);
  /// The node `index` stands here again. It must be finished.
  bool Again(NodeIndex index, Position where);
  bool Stop(Position where, std::string what, Error::Code code = Error::Code::kMalformed);

  /// Whether a key is what comes next.
  [[nodiscard]] bool ExpectsKey() const;
  /// Whether the root is finished.
  [[nodiscard]] bool finished() const { return root_.has_value() && open_.empty(); }
  /// The index of the node that was added last.
  [[nodiscard]] NodeIndex last() const { return static_cast<NodeIndex>(nodes_.size() - 1); }
  /// Where the reader is.
  [[nodiscard]] std::string Pointer() const;

  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }
  /// Only of a finished builder.
  [[nodiscard]] Document Take() &&;

 private:
  struct Frame {
    NodeIndex node;
    std::unordered_set<std::string> keys = {};
    std::string key = {};  // Of the value that comes next.
    bool has_key = false;
  };

  bool Add(Node node);
  bool Attach(NodeIndex index, Position where);

  std::vector<Node> nodes_;
  std::vector<Frame> open_;
  std::optional<NodeIndex> root_;
  std::optional<Fault> fault_;
};

}  // namespace latchkey::openapi
