#include "openapi/document.h"

#include <algorithm>
#include <utility>

#include "openapi/document_builder.h"
#include "openapi/readers.h"

namespace latchkey::openapi {

const Node* Document::Find(const Node& mapping, std::string_view key) const {
  if (mapping.kind != Node::Kind::kMapping) return nullptr;
  const auto found = std::ranges::find(mapping.members, key, &Member::key);
  return found == mapping.members.end() ? nullptr : &nodes_[found->node];
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
