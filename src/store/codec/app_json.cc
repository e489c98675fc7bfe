#include "store/codec/app_json.h"

#include <utility>

namespace latchkey {
namespace {

OrderedJson TextsToJson(const std::vector<std::string>& texts) {
  OrderedJson json = OrderedJson::array();
  for (const std::string& text : texts) json.push_back(TextToJson(text));
  return json;
}

OrderedJson AlternativesToJson(const NameAlternatives& alternatives) {
  OrderedJson json = OrderedJson::array();
  for (const std::vector<std::string>& names : alternatives) json.push_back(TextsToJson(names));
  return json;
}

OrderedJson PolicyToJson(const GatePolicy& policy) {
  OrderedJson paths = OrderedJson::array();
  for (const PathRuleFlag& flag : kPathRuleFlags) {
    if (policy.paths.*flag.member) paths.push_back(flag.name);
  }
  return {{"base_path", TextToJson(policy.base_path)},
          {"any_credential_where_unmatched", policy.any_credential_where_unmatched},
          {"paths", std::move(paths)}};
}

template <typename Entry>
OrderedJson EntryToJson(const Entry& entry) {
  return OrderedJson::array({TextToJson(entry.name), TextToJson(entry.title),
                             TextToJson(entry.description), TextToJson(entry.group)});
}

/// Reads one list from its front. Once an element is not what it should be, the reading has failed.
class ListReader {
 public:
  ListReader(const OrderedJson& list, std::size_t size, bool& ok) : list_(list), ok_(ok) {
    if (!list.is_array() || list.size() != size) ok_ = false;
  }

  const OrderedJson* Next() {
    if (ok_) return &list_[next_++];
    return nullptr;
  }
  std::string Text() {
    const OrderedJson* value = Next();
    std::optional<std::string> text = value == nullptr ? std::nullopt : TextFromJson(*value);
    if (!text) ok_ = false;
    return std::move(text).value_or("");
  }
  bool Flag() {
    const OrderedJson* value = Next();
    if (value != nullptr && value->is_boolean()) return value->get<bool>();
    ok_ = false;
    return false;
  }

 private:
  const OrderedJson& list_;
  std::size_t next_ = 0;
  bool& ok_;
};

/// The elements of a list, each read by `read`.
template <typename Read>
auto ReadList(const OrderedJson* list, bool& ok, Read read)
    -> std::vector<decltype(read(*list, ok))> {
  std::vector<decltype(read(*list, ok))> elements;
  if (list == nullptr || !list->is_array()) {
    ok = false;
    return elements;
  }
  elements.reserve(list->size());
  for (const OrderedJson& element : *list) elements.push_back(read(element, ok));
  return elements;
}

std::string ReadText(const OrderedJson& json, bool& ok) {
  std::optional<std::string> text = TextFromJson(json);
  if (!text) ok = false;
  return std::move(text).value_or("");
}

std::vector<std::string> ReadTexts(const OrderedJson& json, bool& ok) {
  return ReadList(&json, ok, ReadText);
}

std::vector<std::string> ReadTextsAt(const OrderedJson* json, bool& ok) {
  return ReadList(json, ok, ReadText);
}

Scope ReadScope(const OrderedJson& json, bool& ok) {
  ListReader list{json, 4, ok};
  return {
      .name = list.Text(), .title = list.Text(), .description = list.Text(), .group = list.Text()};
}

Permission ReadPermission(const OrderedJson& json, bool& ok) {
  ListReader list{json, 6, ok};
  return {.name = list.Text(),
          .title = list.Text(),
          .description = list.Text(),
          .group = list.Text(),
          .implies = ReadTextsAt(list.Next(), ok),
          .scopes = ReadTextsAt(list.Next(), ok)};
}

OperationRule ReadOperation(const OrderedJson& json, bool& ok) {
  ListReader list{json, 5, ok};
  return {.method = list.Text(),
          .path = list.Text(),
          .scopes = ReadList(list.Next(), ok, ReadTexts),
          .permissions = ReadList(list.Next(), ok, ReadTexts),
          .open_to_anybody = list.Flag()};
}

PathRules ReadPaths(const std::vector<std::string>& names, bool& ok) {
  PathRules rules;
  for (const std::string& name : names) {
    bool known = false;
    for (const PathRuleFlag& flag : kPathRuleFlags) {
      if (flag.name != name) continue;
      rules.*flag.member = true;
      known = true;
    }
    if (!known) ok = false;
  }
  return rules;
}

GatePolicy ReadPolicy(const OrderedJson* json, bool& ok) {
  if (json == nullptr) {
    ok = false;
    return {};
  }
  JsonReader reader{*json};
  GatePolicy policy{.base_path = reader.Text("base_path"),
                    .any_credential_where_unmatched = reader.Flag("any_credential_where_unmatched"),
                    .paths = {}};
  policy.paths = ReadPaths(reader.Texts("paths"), ok);
  if (!reader.ok()) ok = false;
  return policy;
}

}  // namespace

OrderedJson AppToJson(const AppDefinition& definition) {
  OrderedJson scopes = OrderedJson::array();
  for (const Scope& scope : definition.catalogue.scopes) scopes.push_back(EntryToJson(scope));
  OrderedJson permissions = OrderedJson::array();
  for (const Permission& permission : definition.catalogue.permissions) {
    OrderedJson entry = EntryToJson(permission);
    entry.push_back(TextsToJson(permission.implies));
    entry.push_back(TextsToJson(permission.scopes));
    permissions.push_back(std::move(entry));
  }
  OrderedJson operations = OrderedJson::array();
  for (const OperationRule& rule : definition.operations) {
    operations.push_back(OrderedJson::array(
        {TextToJson(rule.method), TextToJson(rule.path), AlternativesToJson(rule.scopes),
         AlternativesToJson(rule.permissions), rule.open_to_anybody}));
  }
  return {{"title", TextToJson(definition.title)},
          {"built_in", definition.built_in},
          {"policy", PolicyToJson(definition.policy)},
          {"greedy", TextsToJson(definition.templates.greedy)},
          {"scopes", std::move(scopes)},
          {"permissions", std::move(permissions)},
          {"operations", std::move(operations)}};
}

std::optional<AppDefinition> AppFromJson(const std::string& name, const OrderedJson& json) {
  JsonReader reader{json};
  bool ok = true;
  AppDefinition definition{.name = name,
                           .title = reader.Text("title"),
                           .catalogue = {},
                           .operations = {},
                           .policy = ReadPolicy(reader.Object("policy"), ok),
                           .templates = {.greedy = reader.Texts("greedy")},
                           .built_in = reader.Flag("built_in")};
  definition.catalogue.scopes = ReadList(reader.Object("scopes"), ok, ReadScope);
  definition.catalogue.permissions = ReadList(reader.Object("permissions"), ok, ReadPermission);
  definition.operations = ReadList(reader.Object("operations"), ok, ReadOperation);
  if (!definition.built_in) {
    definition.catalogue.app = definition.name;
    definition.catalogue.title = definition.title;
  }
  if (!ok || !reader.ok()) return std::nullopt;
  return definition;
}

std::string FormatApp(const AppDefinition& definition) { return AppToJson(definition).dump(); }

std::optional<AppDefinition> ParseApp(const std::string& name, std::string_view text) {
  const OrderedJson json = OrderedJson::parse(text, nullptr, /*allow_exceptions=*/false);
  return AppFromJson(name, json);
}

}  // namespace latchkey
