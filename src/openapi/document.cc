#include "openapi/document.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "openapi/document_builder.h"
#include "openapi/readers.h"

namespace latchkey::openapi {
namespace {

/// Mappings of more members are looked up by an index of their keys.
constexpr std::size_t kScannedMax = 16;

}  // namespace

Document::Document(std::vector<Node> nodes, NodeIndex root)
    : nodes_(std::move(nodes)), root_(root) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.kind != Node::Kind::kMapping || node.members.size() <= kScannedMax) continue;
    Positions& positions = by_key_[static_cast<NodeIndex>(i)];
    positions.resize(node.members.size());
    std::iota(positions.begin(), positions.end(), std::uint32_t{0});
    std::ranges::sort(positions, {}, [&](std::uint32_t position) -> const std::string& {
      return node.members[position].key;
    });
  }
}

Document::Found Document::LookUp(const Node& mapping, std::string_view key) const {
  if (mapping.kind != Node::Kind::kMapping) return {.node = nullptr, .compared = 0};
  const std::vector<Member>& members = mapping.members;
  if (members.size() <= kScannedMax) {
    const auto found = std::ranges::find(members, key, &Member::key);
    return {.node = found == members.end() ? nullptr : &nodes_[found->node],
            .compared = members.size()};
  }
  const Positions& positions = by_key_.at(static_cast<NodeIndex>(&mapping - nodes_.data()));
  std::size_t compared = 1;
  const auto place = std::ranges::partition_point(positions, [&](std::uint32_t position) {
    ++compared;
    return members[position].key < key;
  });
  const bool there = place != positions.end() && members[*place].key == key;
  return {.node = there ? &nodes_[members[*place].node] : nullptr, .compared = compared};
}

Result<Document> ParseDocument(std::string_view text, std::string_view origin) {
  if (text.size() > kDocumentSizeMax) {
    return Fail(
        Error::Code::kLimitExceeded,
        std::string{origin} + " has more than " + std::to_string(kDocumentSizeMax) + " bytes",
        "docs/apps.md says what is read of a document.");
  }
  std::string_view start = text;
  if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
  start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
  DocumentBuilder builder;
  if (start.starts_with('{')) {
    ReadJson(text, builder);
  } else {
    ReadYaml(text, builder);
  }
  if (builder.fault()) return FailAt(origin, *builder.fault());
  return std::move(builder).Take();
}

}  // namespace latchkey::openapi
