#pragma once

// An app's definition as JSON: what the change log and the database hold of it.
//
//     {"title":…,"built_in":…,
//      "policy":{"base_path":…,"any_credential_where_unmatched":…,"paths":[…]},"greedy":[…],
//      "scopes":[[name,title,description,group]],
//      "permissions":[[name,title,description,group,[implies],[scopes]]],
//      "operations":[[method,path,[[scope]],[[permission]],open_to_anybody]]}
//
// Entries are lists, for there may be thousands of them.

#include <optional>
#include <string>
#include <string_view>

#include "app/app.h"
#include "store/codec/record_json.h"

namespace latchkey {

/// Everything but the name, which is the record's key.
[[nodiscard]] OrderedJson AppToJson(const AppDefinition& definition);

/// Nothing if it is not what AppToJson() writes for an app of that name.
[[nodiscard]] std::optional<AppDefinition> AppFromJson(const std::string& name,
                                                       const OrderedJson& json);

/// AppToJson() as one line of text, and back.
[[nodiscard]] std::string FormatApp(const AppDefinition& definition);
[[nodiscard]] std::optional<AppDefinition> ParseApp(const std::string& name, std::string_view text);

}  // namespace latchkey
