#include "openapi/api_document.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "openapi/cursor.h"
#include "openapi/document.h"
#include "openapi/security.h"
#include "operation/operation_table.h"
#include "operation/path_template.h"

namespace latchkey {
namespace {

using openapi::Cursor;
using openapi::Document;
using openapi::FollowReferences;
using openapi::Node;
using openapi::OrFault;
using openapi::RefuseReference;
using openapi::RequireMapping;
using openapi::RequireText;
using openapi::SecurityReader;

/// The keys of a path item that are operations. `query` came with OpenAPI 3.2.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMethods{{
    {"get", "GET"},
    {"put", "PUT"},
    {"post", "POST"},
    {"delete", "DELETE"},
    {"options", "OPTIONS"},
    {"head", "HEAD"},
    {"patch", "PATCH"},
    {"trace", "TRACE"},
    {"query", "QUERY"},
}};

std::optional<std::string_view> MethodOf(std::string_view key) {
  const auto* const found =
      std::ranges::find(kMethods, key, [](const auto& pair) { return pair.first; });
  if (found == kMethods.end()) return std::nullopt;
  return found->second;
}

/// What requests can tell of a template: `/a/{x}` and `/a/{y}` have one shape.
std::string ShapeOf(const std::vector<TemplateSegment>& segments) {
  std::string shape;
  for (const TemplateSegment& segment : segments) {
    shape += '/';
    shape += std::to_string(static_cast<int>(segment.kind));
    for (const std::string& piece : segment.pieces) {
      shape += '\x01';
      shape += piece;
    }
  }
  return shape;
}

std::string_view WithoutSlash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// The path of a URL, which may lack scheme and host.
std::string PathOf(std::string_view url) {
  const std::size_t authority = url.find("//");
  const std::size_t scheme_end = url.find(':');
  const bool absolute =
      authority != std::string_view::npos &&
      (authority == 0 || (scheme_end != std::string_view::npos && scheme_end + 1 == authority));
  if (absolute) {
    url.remove_prefix(authority + 2);
    url.remove_prefix(std::min(url.find('/'), url.size()));
  }
  url = url.substr(0, url.find_first_of("?#"));
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.empty()) return "";
  return (url.front() == '/' ? "" : "/") + std::string{url};
}

class ApiDocumentReader {
 public:
  ApiDocumentReader(const Document& document, std::string_view origin,
                    const MappingSettings& mapping, const Catalogue* catalogue)
      : origin_(origin),
        root_(document, document.root(), ""),
        templates_{.greedy = mapping.greedy},
        security_(root_, mapping, catalogue, budget_) {}

  OrFault<ApiDocument> Read() {
    if (OrFault<void> known = CheckVersion(); !known) return std::unexpected(known.error());
    if (OrFault<void> read = security_.ReadSchemes(); !read) return std::unexpected(read.error());
    ReadTitle();
    if (OrFault<void> read = ReadBasePath(); !read) return std::unexpected(read.error());
    if (OrFault<void> read = ReadPaths(); !read) return std::unexpected(read.error());
    out_.scopes = security_.scopes();
    out_.permissions = security_.permissions();
    return std::move(out_);
  }

 private:
  OrFault<void> CheckVersion() const {
    if (OrFault<void> checked = RequireMapping(root_); !checked) return checked;
    const std::optional<Cursor> openapi = root_.Find("openapi");
    const std::optional<Cursor> swagger = root_.Find("swagger");
    if (!openapi && !swagger) {
      return std::unexpected(root_.Wrong("neither \"openapi\" nor \"swagger\" says what it is"));
    }
    const Cursor& version = openapi ? *openapi : *swagger;
    const std::string& text = version.node().text;
    if (openapi ? text.starts_with("3.") : text == "2.0" || text == "2") return {};
    return std::unexpected(version.Wrong("only OpenAPI 3 and Swagger 2.0 are read"));
  }

  void ReadTitle() {
    const std::optional<Cursor> info = root_.Find("info");
    const std::optional<Cursor> title = info ? info->Find("title") : std::nullopt;
    if (title && title->Is(Node::Kind::kString)) out_.title = title->node().text;
  }

  OrFault<void> ReadBasePath() {
    if (const std::optional<Cursor> base = root_.Find("basePath")) {
      const OrFault<std::string> text = RequireText(*base);
      if (!text) return std::unexpected(text.error());
      return TakeBasePath(*base, *text);
    }
    const std::optional<Cursor> servers = root_.Find("servers");
    if (!servers || servers->size() == 0) return {};
    const Cursor server = servers->At(0);
    const std::optional<Cursor> url = server.Find("url");
    if (!url) return {};
    OrFault<std::string> text = RequireText(*url);
    if (!text) return std::unexpected(text.error());
    const std::optional<Cursor> variables = server.Find("variables");
    return TakeBasePath(*url, WithDefaults(std::move(*text), variables));
  }

  OrFault<void> TakeBasePath(const Cursor& place, const std::string& url) {
    if (url.size() > kServerUrlSizeMax) {
      return std::unexpected(
          place.Wrong("it has more than " + std::to_string(kServerUrlSizeMax) + " bytes",
                      Error::Code::kLimitExceeded));
    }
    out_.base_path = PathOf(url);
    out_.base_path_place = openapi::PlaceOf(origin_, place.node().where, place.pointer());
    return {};
  }

  /// A server's URL with the default of each of its variables, as far as that is not too long.
  static std::string WithDefaults(std::string url, const std::optional<Cursor>& variables) {
    const std::size_t count = variables ? variables->size() : 0;
    for (std::size_t i = 0; i < count && url.size() <= kServerUrlSizeMax; ++i) {
      const std::optional<Cursor> value = variables->At(i).Find("default");
      const std::string name = "{" + variables->KeyAt(i) + "}";
      const std::size_t at = url.find(name);
      if (value && at != std::string::npos) url.replace(at, name.size(), value->node().text);
    }
    return url;
  }

  OrFault<void> ReadPaths() {
    const std::optional<Cursor> paths = root_.Find("paths");
    if (!paths) return std::unexpected(root_.Wrong("it has no \"paths\""));
    if (OrFault<void> checked = RequireMapping(*paths); !checked) return checked;
    for (std::size_t i = 0; i < paths->size(); ++i) {
      const std::string& path = paths->KeyAt(i);
      if (path.starts_with("x-")) continue;
      const Cursor item = paths->At(i);
      const auto segments = ParseTemplate(path, templates_);
      if (!segments) return std::unexpected(item.Wrong(segments.error().message));
      const std::string shape = ShapeOf(*segments);
      if (OrFault<void> read = ReadPathItem(path, shape, item); !read) return read;
    }
    return {};
  }

  /// A path item may lie elsewhere in the document and have operations of its own beside.
  OrFault<void> ReadPathItem(const std::string& path, const std::string& shape,
                             const Cursor& item) {
    const OrFault<Cursor> target = FollowReferences(item, budget_);
    if (!target) return std::unexpected(target.error());
    if (OrFault<void> read = ReadOperations(path, shape, *target); !read) return read;
    if (!item.Find("$ref")) return {};
    return ReadOperations(path, shape, item);
  }

  OrFault<void> ReadOperations(const std::string& path, const std::string& shape,
                               const Cursor& item) {
    if (OrFault<void> checked = RequireMapping(item); !checked) return checked;
    if (OrFault<void> spent = budget_.Spend(item); !spent) return spent;
    for (std::size_t i = 0; i < item.size(); ++i) {
      const std::optional<std::string_view> method = MethodOf(item.KeyAt(i));
      if (!method) continue;
      OrFault<void> read = ReadOperation({std::string{*method}, path, {}, {}}, shape, item.At(i));
      if (!read) return read;
    }
    const std::optional<Cursor> others = item.Find("additionalOperations");
    if (!others) return {};
    if (OrFault<void> checked = RequireMapping(*others); !checked) return checked;
    if (OrFault<void> spent = budget_.Spend(*others); !spent) return spent;
    for (std::size_t i = 0; i < others->size(); ++i) {
      if (!IsMethod(others->KeyAt(i))) {
        return std::unexpected(others->At(i).Wrong("it is not named by a method, in upper case"));
      }
      OrFault<void> read = ReadOperation({others->KeyAt(i), path, {}, {}}, shape, others->At(i));
      if (!read) return read;
    }
    return {};
  }

  OrFault<void> ReadOperation(OperationRule rule, const std::string& shape,
                              const Cursor& operation) {
    if (OrFault<void> checked = RequireMapping(operation); !checked) return checked;
    if (OrFault<void> checked = RefuseReference(operation); !checked) return checked;
    if (out_.operations.size() == kDocumentOperationsMax) {
      return std::unexpected(
          operation.Wrong("more than " + std::to_string(kDocumentOperationsMax) + " operations",
                          Error::Code::kLimitExceeded));
    }
    const auto [other, is_new] = paths_of_.emplace(rule.method + shape, rule.path);
    // With and without a slash at the end: the table takes both if they ask for the same.
    const bool twin =
        other->second != rule.path && WithoutSlash(other->second) == WithoutSlash(rule.path);
    if (!is_new && !twin) {
      return std::unexpected(
          operation.Wrong("no request can tell it from " + rule.method + " " + other->second));
    }
    OrFault<openapi::Asked> asked = security_.Read(operation);
    if (!asked) return std::unexpected(asked.error());
    rule.scopes = std::move(asked->scopes);
    rule.permissions = std::move(asked->permissions);
    rule.open_to_anybody = asked->open_to_anybody;
    if (!asked->is_stated && security_.has_oauth()) NoteUnstated(rule);
    out_.operations.push_back(std::move(rule));
    return {};
  }

  void NoteUnstated(const OperationRule& rule) {
    ++out_.unstated;
    if (out_.unstated_examples.size() == kUnstatedExamplesMax) return;
    out_.unstated_examples.push_back(rule.method + " " + rule.path);
  }

  std::string_view origin_;
  Cursor root_;
  TemplateSettings templates_;
  openapi::Budget budget_;
  SecurityReader security_;
  std::map<std::string, std::string> paths_of_;  // By method and shape.
  ApiDocument out_;
};

}  // namespace

Result<ApiDocument> ReadApiDocument(std::string_view text, std::string_view origin,
                                    const MappingSettings& mapping, const Catalogue* catalogue) {
  const Result<Document> document = openapi::ParseDocument(text, origin);
  if (!document) return std::unexpected(document.error());
  OrFault<ApiDocument> read = ApiDocumentReader{*document, origin, mapping, catalogue}.Read();
  if (!read) return openapi::FailAt(origin, read.error());
  return std::move(*read);
}

}  // namespace latchkey
