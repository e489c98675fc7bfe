#include "operation/operation_table.h"

#include <algorithm>
#include <compare>
#include <limits>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "operation/decoded.h"

namespace latchkey {
namespace {

using NodeIndex = std::uint32_t;
constexpr NodeIndex kNone = std::numeric_limits<NodeIndex>::max();
constexpr NodeIndex kRoot = 0;

struct LiteralChild {
  std::string text;  // Decoded.
  NodeIndex node;
};

struct PatternChild {
  std::vector<std::string> pieces;
  std::size_t literal_size;  // The more of it is fixed, the sooner it is tried.
  NodeIndex node;
};

struct MethodEntry {
  std::string method;
  std::size_t operation;
};

struct Node {
  std::vector<LiteralChild> literals;  // By text.
  std::vector<PatternChild> patterns;  // Most specific first.
  NodeIndex parameter = kNone;
  NodeIndex greedy = kNone;
  std::vector<MethodEntry> methods;  // Empty: no template ends here.
};

std::string NameOf(std::string_view method, std::string_view path) {
  constexpr std::size_t kMethodShown = 32;
  constexpr std::size_t kPathShown = 300;
  return EscapeForTerminal(method, kMethodShown) + " " + EscapeForTerminal(path, kPathShown);
}

std::unexpected<Error> InOperation(const OperationRule& rule, const Error& error) {
  return Fail(error.code, NameOf(rule.method, rule.path) + ": " + error.message, error.hint);
}

std::string_view WithoutSlash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool AskForTheSame(const OperationTable::Operation& left, const OperationTable::Operation& right) {
  return left.requirement.scopes == right.requirement.scopes &&
         left.requirement.permissions == right.requirement.permissions &&
         left.open_to_anybody == right.open_to_anybody;
}

const MethodEntry* FindMethod(const Node& node, std::string_view method) noexcept {
  for (const MethodEntry& entry : node.methods) {
    if (entry.method == method) return &entry;
  }
  return nullptr;
}

/// The literal child that `segment` means; null if there is none.
const LiteralChild* FindLiteral(const Node& node, std::string_view segment) noexcept {
  const bool escaped = segment.contains('%');
  const auto compare = [&](const LiteralChild& child) -> std::strong_ordering {
    return escaped ? CompareDecoded(segment, child.text) : segment <=> child.text;
  };
  const auto found = std::ranges::partition_point(
      node.literals, [&](const LiteralChild& child) { return compare(child) > 0; });
  return found != node.literals.end() && compare(*found) == 0 ? &*found : nullptr;
}

}  // namespace

bool IsMethod(std::string_view method) noexcept {
  constexpr std::size_t kMethodSizeMax = 32;
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  if (method.empty() || method.size() > kMethodSizeMax) return false;
  return std::ranges::all_of(method, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kMarks.contains(c);
  });
}

struct OperationTable::Tree {
  std::vector<Node> nodes{Node{}};

  NodeIndex Add() {
    nodes.emplace_back();
    return static_cast<NodeIndex>(nodes.size() - 1);
  }
  NodeIndex LiteralChildOf(NodeIndex at, const std::string& text);
  NodeIndex PatternChildOf(NodeIndex at, const std::vector<std::string>& pieces);
  NodeIndex ChildOf(NodeIndex at, const TemplateSegment& segment);
};

NodeIndex OperationTable::Tree::LiteralChildOf(NodeIndex at, const std::string& text) {
  const auto place = std::ranges::lower_bound(nodes[at].literals, text, {}, &LiteralChild::text);
  if (place != nodes[at].literals.end() && place->text == text) return place->node;
  const auto offset = place - nodes[at].literals.begin();
  const NodeIndex added = Add();
  std::vector<LiteralChild>& literals = nodes[at].literals;
  literals.insert(literals.begin() + offset, {.text = text, .node = added});
  return added;
}

NodeIndex OperationTable::Tree::PatternChildOf(NodeIndex at,
                                               const std::vector<std::string>& pieces) {
  for (const PatternChild& known : nodes[at].patterns) {
    if (known.pieces == pieces) return known.node;
  }
  std::size_t literal_size = 0;
  for (const std::string& piece : pieces) literal_size += piece.size();
  const NodeIndex added = Add();
  std::vector<PatternChild>& patterns = nodes[at].patterns;
  patterns.push_back({.pieces = pieces, .literal_size = literal_size, .node = added});
  std::ranges::sort(patterns, [](const PatternChild& left, const PatternChild& right) {
    return std::tie(right.literal_size, left.pieces) < std::tie(left.literal_size, right.pieces);
  });
  return added;
}

NodeIndex OperationTable::Tree::ChildOf(NodeIndex at, const TemplateSegment& segment) {
  switch (segment.kind) {
    case TemplateSegment::Kind::kLiteral: return LiteralChildOf(at, segment.pieces.front());
    case TemplateSegment::Kind::kPattern: return PatternChildOf(at, segment.pieces);
    case TemplateSegment::Kind::kParameter: {
      if (nodes[at].parameter != kNone) return nodes[at].parameter;
      const NodeIndex added = Add();
      return nodes[at].parameter = added;
    }
    case TemplateSegment::Kind::kGreedy: {
      if (nodes[at].greedy != kNone) return nodes[at].greedy;
      const NodeIndex added = Add();
      return nodes[at].greedy = added;
    }
  }
  std::unreachable();
}

namespace {

/// One walk for one path.
class Walk {
 public:
  Walk(const std::vector<Node>& nodes, bool slash) : nodes_(nodes), slash_(slash) {}

  /// The node of the template that matches `rest`, which begins a segment; kNone if there is none.
  /// Recurses as deep as the deepest template, and comes to each node at most once: it has one
  /// parent, and is asked about one place of the path.
  [[nodiscard]] NodeIndex From(NodeIndex at, std::string_view rest) const noexcept {
    const Node& node = nodes_[at];
    const std::size_t end = rest.find('/');
    const std::string_view segment = rest.substr(0, end);
    const auto on = [&](NodeIndex child) noexcept {
      return end == std::string_view::npos ? End(child) : From(child, rest.substr(end + 1));
    };
    if (const LiteralChild* literal = FindLiteral(node, segment)) {
      if (const NodeIndex found = on(literal->node); found != kNone) return found;
    }
    for (const PatternChild& pattern : node.patterns) {
      if (!MatchesPattern(segment, pattern.pieces)) continue;
      if (const NodeIndex found = on(pattern.node); found != kNone) return found;
    }
    if (node.parameter != kNone && !segment.empty()) {
      if (const NodeIndex found = on(node.parameter); found != kNone) return found;
    }
    return node.greedy;
  }

  /// The path ends at this node.
  [[nodiscard]] NodeIndex End(NodeIndex at) const noexcept {
    const Node& node = nodes_[at];
    if (!node.methods.empty()) return at;
    return slash_ ? node.greedy : kNone;
  }

 private:
  const std::vector<Node>& nodes_;
  bool slash_;  // One stood at the path's end.
};

NodeIndex FindNode(const std::vector<Node>& nodes, std::string_view path) noexcept {
  if (!path.starts_with('/')) return kNone;
  path.remove_prefix(1);
  const bool slash = path.ends_with('/');
  if (slash) path.remove_suffix(1);
  const Walk walk{nodes, slash};
  return path.empty() ? walk.End(kRoot) : walk.From(kRoot, path);
}

}  // namespace

Result<OperationTable> OperationTable::Compile(const Catalogue& catalogue,
                                               std::span<const OperationRule> rules,
                                               const TemplateSettings& settings) {
  auto tree = std::make_unique<Tree>();
  std::vector<Operation> operations;
  operations.reserve(rules.size());
  for (const OperationRule& rule : rules) {
    if (!IsMethod(rule.method)) {
      return InOperation(rule, {Error::Code::kInvalidArgument, "the method is not usable"});
    }
    const Result<std::vector<TemplateSegment>> segments = ParseTemplate(rule.path, settings);
    if (!segments) return InOperation(rule, segments.error());
    Result<Requirement> requirement =
        Requirement::BuildAny(catalogue, rule.scopes, rule.permissions);
    if (!requirement) return InOperation(rule, requirement.error());
    operations.push_back({.method = rule.method,
                          .path = rule.path,
                          .requirement = std::move(*requirement),
                          .open_to_anybody = rule.open_to_anybody});

    NodeIndex at = kRoot;
    for (const TemplateSegment& segment : *segments) at = tree->ChildOf(at, segment);
    Node& node = tree->nodes[at];
    const MethodEntry* known = FindMethod(node, rule.method);
    if (known == nullptr) {
      node.methods.push_back({.method = rule.method, .operation = operations.size() - 1});
      continue;
    }
    const Operation& other = operations[known->operation];
    const bool twin = other.path != rule.path && AskForTheSame(other, operations.back()) &&
                      WithoutSlash(other.path) == WithoutSlash(rule.path);
    if (twin) continue;
    return InOperation(rule, {Error::Code::kInvalidArgument,
                              "no request can tell it from " + NameOf(other.method, other.path)});
  }
  return OperationTable{std::move(tree), std::move(operations)};
}

OperationTable::OperationTable() : tree_(std::make_unique<const Tree>()) {}
OperationTable::OperationTable(std::unique_ptr<const Tree> tree, std::vector<Operation> operations)
    : tree_(std::move(tree)), operations_(std::move(operations)) {}
OperationTable::~OperationTable() = default;
OperationTable::OperationTable(OperationTable&&) noexcept = default;
OperationTable& OperationTable::operator=(OperationTable&&) noexcept = default;

const OperationTable::Operation* OperationTable::Find(std::string_view method,
                                                      std::string_view path) const noexcept {
  const NodeIndex at = FindNode(tree_->nodes, path);
  if (at == kNone) return nullptr;
  const Node& node = tree_->nodes[at];
  const MethodEntry* entry = FindMethod(node, method);
  if (entry == nullptr && method == "HEAD") entry = FindMethod(node, "GET");
  return entry == nullptr ? nullptr : &operations_[entry->operation];
}

bool OperationTable::HasPath(std::string_view path) const noexcept {
  return FindNode(tree_->nodes, path) != kNone;
}

std::span<const OperationTable::Operation> OperationTable::operations() const noexcept {
  return operations_;
}

}  // namespace latchkey
