#include "openapi/security.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace latchkey::openapi {
namespace {

constexpr std::size_t kTitleSizeMax = 80;
constexpr std::size_t kDescriptionSizeMax = 400;

bool IsAmong(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

/// A description as one line that any display text may be.
std::string OneLine(std::string text, const std::string& otherwise) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (text.size() > kDescriptionSizeMax) {
    text.resize(kDescriptionSizeMax);
    while (!text.empty() && !IsUtf8(text)) text.pop_back();
  }
  return ValidateDisplayText("it", text, kDescriptionSizeMax) ? text : otherwise;
}

std::string TitleOf(const std::string& name) { return name.substr(0, kTitleSizeMax); }

}  // namespace

bool SecurityReader::Source::states() const {
  return std::ranges::any_of(alternatives, [](const auto& names) { return !names.empty(); });
}

OrFault<void> SecurityReader::ReadSchemes() {
  std::optional<Cursor> declared = root_.Find("securityDefinitions");  // Swagger 2
  if (const std::optional<Cursor> components = root_.Find("components")) {
    if (OrFault<void> checked = RefuseReference(*components); !checked) return checked;
    declared = components->Find("securitySchemes");
  }
  if (!declared) return {};
  if (OrFault<void> checked = RequireMapping(*declared); !checked) return checked;
  for (std::size_t i = 0; i < declared->size(); ++i) {
    const OrFault<Cursor> scheme = FollowReferences(declared->At(i), budget_);
    if (!scheme) return std::unexpected(scheme.error());
    if (OrFault<void> read = ReadScheme(declared->KeyAt(i), *scheme); !read) return read;
  }
  for (const Scope& scope : scopes_) declared_.push_back(scope.name);
  is_declared_ = known_scopes_;
  return {};
}

SecurityReader::Scheme SecurityReader::SchemeOf(std::string_view type) {
  if (type == "oauth2") return Scheme::kOAuth2;
  return type == "openIdConnect" ? Scheme::kOpenIdConnect : Scheme::kOther;
}

OrFault<void> SecurityReader::ReadScheme(const std::string& name, const Cursor& declared) {
  if (OrFault<void> checked = RequireMapping(declared); !checked) return checked;
  const std::optional<Cursor> type = declared.Find("type");
  if (!type) return std::unexpected(declared.Wrong("its type is missing"));
  const OrFault<std::string> type_name = RequireText(*type);
  if (!type_name) return std::unexpected(type_name.error());
  const Scheme kind = SchemeOf(*type_name);
  const bool has_scopes = kind != Scheme::kOther;
  schemes_.insert_or_assign(name, kind);
  const bool counts = mapping_.schemes.empty() ? has_scopes : IsAmong(mapping_.schemes, name);
  if (!counts) return {};
  if (const std::optional<Cursor> scopes = declared.Find("scopes")) {  // Swagger 2
    return DeclareScopes(name, *scopes);
  }
  return DeclareFlows(name, declared);
}

OrFault<void> SecurityReader::DeclareFlows(const std::string& name, const Cursor& declared) {
  const std::optional<Cursor> flows = declared.Find("flows");
  if (!flows) return {};
  if (OrFault<void> checked = RefuseReference(*flows); !checked) return checked;
  if (OrFault<void> spent = budget_.Spend(*flows); !spent) return spent;
  for (std::size_t i = 0; i < flows->size(); ++i) {
    const Cursor flow = flows->At(i);
    if (OrFault<void> checked = RefuseReference(flow); !checked) return checked;
    const std::optional<Cursor> scopes = flow.Find("scopes");
    if (!scopes) continue;
    if (OrFault<void> read = DeclareScopes(name, *scopes); !read) return read;
  }
  return {};
}

OrFault<void> SecurityReader::DeclareScopes(const std::string& scheme, const Cursor& scopes) {
  if (OrFault<void> checked = RequireMapping(scopes); !checked) return checked;
  if (OrFault<void> checked = RefuseReference(scopes); !checked) return checked;
  if (OrFault<void> spent = budget_.Spend(scopes); !spent) return spent;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const std::string& name = scopes.KeyAt(i);
    const Cursor place = scopes.At(i);
    if (name.starts_with("x-")) continue;
    if (!IsGrantName(name)) return std::unexpected(place.Wrong("a scope cannot be named so"));
    if (!known_scopes_.insert(name).second) continue;
    scopes_.push_back({.name = name,
                       .title = TitleOf(name),
                       .description = OneLine(place.node().text, name),
                       .group = OneLine(scheme.substr(0, kTitleSizeMax), "Scopes")});
  }
  return {};
}

OrFault<Asked> SecurityReader::Read(const Cursor& operation) {
  OrFault<Source> scopes = ReadSource(operation, mapping_.scopes_from, Vocabulary::kScopes);
  if (!scopes) return std::unexpected(scopes.error());
  OrFault<Source> permissions =
      ReadSource(operation, mapping_.permissions_from, Vocabulary::kPermissions);
  if (!permissions) return std::unexpected(permissions.error());
  const OrFault<bool> closed = IsClosedToApiTokens(operation);
  if (!closed) return std::unexpected(closed.error());

  // What one vocabulary names and the other does not is open to the one kind of credential alone.
  const bool names_scopes = scopes->states();
  const bool names_permissions = permissions->states();
  // One source leaves an operation open only if the other asks for nothing; neither may the kinds
  // of credential be named that it takes.
  const bool open = (scopes->open_to_anybody || permissions->open_to_anybody) &&
                    (scopes->open_to_anybody || !scopes->restricts()) &&
                    (permissions->open_to_anybody || !permissions->restricts()) && !*closed;
  Asked asked{.scopes = std::move(scopes->alternatives),
              .permissions = std::move(permissions->alternatives),
              .open_to_anybody = open,
              .is_stated = scopes->is_stated || permissions->is_stated};
  if (names_permissions && !names_scopes) asked.scopes.clear();
  if (names_scopes && !names_permissions) asked.permissions.clear();
  if (*closed) asked.scopes.clear();
  return asked;
}

OrFault<SecurityReader::Source> SecurityReader::ReadSource(const Cursor& operation,
                                                           const std::string& field,
                                                           Vocabulary vocabulary) {
  if (field == kSecuritySource) return ReadSecurity(operation, vocabulary);
  const Source nothing{.alternatives = {{}}, .open_to_anybody = false, .is_stated = false};
  if (field.empty()) return nothing;
  const std::optional<Cursor> value = operation.Find(field);
  if (!value) return nothing;
  return ReadExtension(*value, vocabulary);
}

OrFault<SecurityReader::Source> SecurityReader::ReadSecurity(const Cursor& operation,
                                                             Vocabulary vocabulary) {
  std::optional<Cursor> security = operation.Find("security");
  if (!security) security = root_.Find("security");
  // A document that says nothing at all is no leave to let anybody in.
  if (!security) {
    return Source{.alternatives = {{}}, .open_to_anybody = false, .is_stated = false};
  }
  if (OrFault<void> checked = RequireSequence(*security); !checked) {
    return std::unexpected(checked.error());
  }
  if (OrFault<void> spent = budget_.Spend(*security); !spent) {
    return std::unexpected(spent.error());
  }
  Source source{.alternatives = {}, .open_to_anybody = security->size() == 0};
  for (std::size_t i = 0; i < security->size(); ++i) {
    const Cursor object = security->At(i);
    if (object.size() == 0) source.open_to_anybody = true;
    OrFault<std::optional<std::vector<std::string>>> names = ReadAlternative(object, vocabulary);
    if (!names) return std::unexpected(names.error());
    if (*names) source.alternatives.push_back(std::move(**names));
  }
  if (source.alternatives.empty()) source.alternatives.emplace_back();
  return source;
}

OrFault<void> SecurityReader::CheckAlternative(const Cursor& object) {
  OrFault<void> fit = RequireMapping(object);
  if (fit) fit = RefuseReference(object);
  if (fit) fit = budget_.Spend(object);
  return fit;
}

OrFault<std::optional<std::vector<std::string>>> SecurityReader::ReadAlternative(
    const Cursor& object, Vocabulary vocabulary) {
  if (const OrFault<void> fit = CheckAlternative(object); !fit) {
    return std::unexpected(fit.error());
  }
  std::optional<std::vector<std::string>> all;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const Cursor list = object.At(i);
    const OrFault<bool> counts = Counts(list, object.KeyAt(i));
    if (!counts) return std::unexpected(counts.error());
    if (!*counts) continue;
    const OrFault<void> declared =
        vocabulary == Vocabulary::kScopes ? CheckDeclared(list, object.KeyAt(i)) : OrFault<void>{};
    if (!declared) return std::unexpected(declared.error());
    const OrFault<std::vector<std::string>> names = ReadNames(list, vocabulary);
    if (!names) return std::unexpected(names.error());
    if (!all) all.emplace();
    all->insert(all->end(), names->begin(), names->end());
  }
  return all;
}

OrFault<bool> SecurityReader::Counts(const Cursor& scheme, const std::string& name) const {
  if (!mapping_.schemes.empty()) return IsAmong(mapping_.schemes, name);
  const auto declared = schemes_.find(name);
  if (declared != schemes_.end()) return declared->second != Scheme::kOther;
  return std::unexpected(
      scheme.Wrong("the security scheme is not declared; name the schemes that count in the "
                   "catalogue file, under [openapi] schemes"));
}

bool SecurityReader::has_oauth() const {
  return std::ranges::any_of(schemes_,
                             [](const auto& scheme) { return scheme.second != Scheme::kOther; });
}

OrFault<void> SecurityReader::CheckDeclared(const Cursor& list, const std::string& scheme) const {
  // An OpenID Connect scheme's scopes are declared elsewhere, at its provider.
  const auto found = schemes_.find(scheme);
  const bool declares = found != schemes_.end() && found->second == Scheme::kOAuth2;
  if (catalogue_ != nullptr || declared_.empty() || !declares) return {};
  if (!list.Is(Node::Kind::kSequence)) return {};  // Refused by whoever reads it.
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Cursor place = list.At(i);
    const std::string& name = place.node().text;
    // Likewise what has no name's form.
    if (!place.Is(Node::Kind::kString) || !IsGrantName(name)) return {};
    if (is_declared_.contains(name)) continue;
    const std::vector<std::string> nearest = NearestNames(name, declared_);
    return std::unexpected(
        place.Wrong("no security scheme declares the scope \"" + name + "\"" +
                    (nearest.empty() ? "" : " (did you mean " + JoinNames(nearest) + "?)")));
  }
  return {};
}

OrFault<SecurityReader::Source> SecurityReader::ReadExtension(const Cursor& field,
                                                              Vocabulary vocabulary) {
  Source source;
  if (field.Is(Node::Kind::kString)) {
    const OrFault<std::string> name = ReadName(field, vocabulary);
    if (!name) return std::unexpected(name.error());
    source.alternatives = {{*name}};
    return source;
  }
  if (OrFault<void> checked = RequireSequence(field); !checked) {
    return std::unexpected(checked.error());
  }
  if (OrFault<void> spent = budget_.Spend(field); !spent) {
    return std::unexpected(spent.error());
  }
  // A list of names is one alternative; its first member shows which form it is.
  if (field.size() > 0 && field.At(0).Is(Node::Kind::kString)) {
    OrFault<std::vector<std::string>> names = ReadNames(field, vocabulary);
    if (!names) return std::unexpected(names.error());
    source.alternatives.push_back(std::move(*names));
    return source;
  }
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (OrFault<void> read = ReadEntry(field.At(i), vocabulary, source.alternatives); !read) {
      return std::unexpected(read.error());
    }
  }
  // An empty list asks for nothing; one whose entries are all of other schemes lets nobody in.
  if (field.size() == 0) source.alternatives.emplace_back();
  return source;
}

OrFault<void> SecurityReader::ReadEntry(const Cursor& entry, Vocabulary vocabulary,
                                        NameAlternatives& alternatives) {
  std::optional<Cursor> list = entry;
  if (entry.Is(Node::Kind::kMapping)) {
    if (const std::optional<Cursor> scheme = entry.Find("scheme");
        scheme && !mapping_.schemes.empty()) {
      const OrFault<std::string> name = RequireText(*scheme);
      if (!name) return std::unexpected(name.error());
      if (!IsAmong(mapping_.schemes, *name)) return {};
    }
    list = entry.Find("scopes");
    if (!list) return std::unexpected(entry.Wrong("its scopes are missing"));
  }
  OrFault<std::vector<std::string>> names = ReadNames(*list, vocabulary);
  if (!names) return std::unexpected(names.error());
  alternatives.push_back(std::move(*names));
  return {};
}

OrFault<std::vector<std::string>> SecurityReader::ReadNames(const Cursor& list,
                                                            Vocabulary vocabulary) {
  if (OrFault<void> checked = RequireSequence(list); !checked) {
    return std::unexpected(checked.error());
  }
  if (OrFault<void> spent = budget_.Spend(list); !spent) {
    return std::unexpected(spent.error());
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i) {
    OrFault<std::string> name = ReadName(list.At(i), vocabulary);
    if (!name) return std::unexpected(name.error());
    names.push_back(std::move(*name));
  }
  return names;
}

OrFault<std::string> SecurityReader::ReadName(const Cursor& place, Vocabulary vocabulary) {
  OrFault<std::string> name = RequireText(place);
  if (!name) return name;
  if (!IsGrantName(*name)) {
    return std::unexpected(place.Wrong("a scope or permission cannot be named so"));
  }
  if (catalogue_ == nullptr) {
    Remember(*name, vocabulary);
    return name;
  }
  const Result<GrantSet> known = vocabulary == Vocabulary::kScopes
                                     ? catalogue_->ScopeSet({*name})
                                     : catalogue_->PermissionSet({*name});
  if (!known) return std::unexpected(place.Wrong(known.error().message));
  return name;
}

void SecurityReader::Remember(const std::string& name, Vocabulary vocabulary) {
  switch (vocabulary) {
    case Vocabulary::kScopes:
      if (!known_scopes_.insert(name).second) return;
      scopes_.push_back(
          {.name = name, .title = TitleOf(name), .description = name, .group = "Scopes"});
      return;
    case Vocabulary::kPermissions:
      if (!known_permissions_.insert(name).second) return;
      permissions_.push_back({.name = name,
                              .title = TitleOf(name),
                              .description = name,
                              .group = "Permissions",
                              .implies = {},
                              .scopes = {}});
      return;
  }
}

OrFault<bool> SecurityReader::IsClosedToApiTokens(const Cursor& operation) {
  if (mapping_.auth_types_from.empty()) return false;
  const std::optional<Cursor> types = operation.Find(mapping_.auth_types_from);
  if (!types) return false;
  if (OrFault<void> checked = RequireSequence(*types); !checked) {
    return std::unexpected(checked.error());
  }
  if (OrFault<void> spent = budget_.Spend(*types); !spent) {
    return std::unexpected(spent.error());
  }
  for (std::size_t i = 0; i < types->size(); ++i) {
    if (types->At(i).node().text == "api-token") return false;
  }
  return true;
}

}  // namespace latchkey::openapi
