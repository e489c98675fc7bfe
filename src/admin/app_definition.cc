#include "admin/app_definition.h"

#include <utility>

#include "admin/protocol.h"
#include "base/text.h"

namespace latchkey::admin {
namespace {

using enum Error::Code;

// Both texts go to the server in one message, in which each quote and line break takes two bytes.
static_assert(kAppDocumentSizeMax <= kMessageSizeMax / 2);

Result<void> CheckTexts(const AppTexts& texts, bool built_in) {
  if (!texts.catalogue && !texts.openapi) {
    return Fail(kInvalidArgument, "an app needs a catalogue, an OpenAPI document, or both",
                "Give --catalogue FILE or --openapi FILE.");
  }
  if (built_in && texts.catalogue) {
    return Fail(kInvalidArgument, "the catalogue of the built-in app \"" + texts.name + "\" stays",
                "Give --openapi FILE alone.");
  }
  return {};
}

Result<CatalogueFile> ReadBuiltIn(const std::string& name) {
  Result<std::vector<CatalogueFile>> files = ReadBuiltInCatalogues();
  if (!files) return std::unexpected(files.error());
  for (CatalogueFile& file : *files) {
    if (file.data.app == name) return std::move(file);
  }
  return Fail(kInternal, "the catalogue of \"" + name + "\" is not in the program");
}

/// The catalogue file: what was given, or the built-in one.
Result<CatalogueFile> ReadFile(const AppTexts& texts, bool built_in) {
  if (built_in) return ReadBuiltIn(texts.name);
  if (!texts.catalogue) {
    CatalogueFile file;
    file.data.app = texts.name;
    return file;
  }
  Result<CatalogueFile> file = ParseCatalogue(*texts.catalogue, texts.catalogue_file);
  if (!file || file->data.app == texts.name) return file;
  return Fail(kInvalidArgument,
              texts.catalogue_file + " is the catalogue of the app \"" +
                  EscapeForTerminal(file->data.app, 80) + "\"",
              "Add it by that name, or change `app` in the file.");
}

/// What is wrong with all of a document, or between its parts, names the file.
std::unexpected<Error> InDocument(const AppTexts& texts, const Error& error) {
  return Fail(error.code, texts.openapi_file + ": " + error.message, error.hint);
}

/// The base path that the document states, where nothing else does.
Result<void> TakeBasePath(const AppTexts& texts, ApiDocument& document, AppDefinition& definition) {
  if (!definition.policy.base_path.empty() || texts.base_path) return {};
  if (Result<void> checked = CheckBasePath(document.base_path); !checked) {
    return Fail(kInvalidArgument, document.base_path_place + ": " + checked.error().message,
                "Give --base-path PATH if the app's paths begin otherwise.");
  }
  definition.policy.base_path = std::move(document.base_path);
  return {};
}

/// Fills in what the document says. The catalogue that was given is the limit of its names.
Result<void> AddDocument(const AppTexts& texts, const CatalogueFile& file,
                         const Catalogues& catalogues, AppDefinition& definition,
                         DocumentNotes* notes) {
  std::shared_ptr<const Catalogue> catalogue;
  if (definition.built_in) {
    catalogue = catalogues.FindShared(texts.name);
  } else if (texts.catalogue) {
    Result<std::shared_ptr<const Catalogue>> compiled = catalogues.Compile(definition.catalogue);
    if (!compiled) return std::unexpected(compiled.error());
    catalogue = *std::move(compiled);
  }
  Result<ApiDocument> document =
      ReadApiDocument(*texts.openapi, texts.openapi_file, file.mapping, catalogue.get());
  if (!document) return std::unexpected(document.error());
  definition.operations = std::move(document->operations);
  if (!catalogue) {
    definition.catalogue.scopes = std::move(document->scopes);
    definition.catalogue.permissions = std::move(document->permissions);
    definition.catalogue.title = document->title.empty() ? texts.name : document->title;
    Result<std::shared_ptr<const Catalogue>> compiled = catalogues.Compile(definition.catalogue);
    if (!compiled) return InDocument(texts, compiled.error());
    catalogue = *std::move(compiled);
  }
  // Compiled again where it is kept; here what is wrong can be told with the file's name.
  const Result<OperationTable> table =
      OperationTable::Compile(*catalogue, definition.operations, definition.templates);
  if (!table) return InDocument(texts, table.error());
  if (notes != nullptr) {
    *notes = {.unstated = document->unstated,
              .unstated_examples = std::move(document->unstated_examples)};
  }
  return TakeBasePath(texts, *document, definition);
}

std::string WithoutSlashAtEnd(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<AppDefinition> ReadAppDefinition(const AppTexts& texts, const Catalogues& catalogues,
                                        DocumentNotes* notes) {
  const bool built_in = catalogues.IsBuiltIn(texts.name);
  if (Result<void> checked = CheckTexts(texts, built_in); !checked) {
    return std::unexpected(checked.error());
  }
  const Result<CatalogueFile> file = ReadFile(texts, built_in);
  if (!file) return std::unexpected(file.error());
  AppDefinition definition;
  definition.name = texts.name;
  definition.built_in = built_in;
  if (!built_in) definition.catalogue = file->data;
  definition.policy = {.base_path = file->gate.base_path,
                       .any_credential_where_unmatched = file->gate.any_credential_where_unmatched,
                       .paths = file->gate.paths};
  definition.templates.greedy = file->mapping.greedy;
  if (texts.openapi) {
    if (Result<void> added = AddDocument(texts, *file, catalogues, definition, notes); !added) {
      return std::unexpected(added.error());
    }
  }
  definition.title = built_in ? catalogues.Find(texts.name)->title() : definition.catalogue.title;
  if (texts.base_path) definition.policy.base_path = *texts.base_path;
  definition.policy.base_path = WithoutSlashAtEnd(std::move(definition.policy.base_path));
  return definition;
}

}  // namespace latchkey::admin
