#pragma once

// Apps as the JSON that the admin methods answer with, and why a request is decided as it is.

#include <string>
#include <string_view>

#include "admin/json.h"
#include "app/app.h"

namespace latchkey::admin {

/// {"app","title","built_in","base_path","unmatched","paths","operations","open_to_anybody",
/// "any_credential","scopes","permissions"}: `operations`, `scopes` and `permissions` are numbers;
/// `open_to_anybody` and `any_credential` are how many of the operations need no credential, and
/// how many any live one of the app, be it of one kind; `unmatched` is `refuse` or
/// `any-credential`.
[[nodiscard]] Json RenderApp(const App& app);

/// [{"method","path","scopes","permissions","open_to_anybody"}]; `scopes` and `permissions` are
/// lists of alternatives, each a list of names.
[[nodiscard]] Json RenderOperations(const App& app);

/// What decides about a request, and why:
/// {"app","method","uri","result","reason","operation","scopes","permissions","open_to_anybody",
/// "other_methods"}. `result` is KindName()'s; `operation` is null unless one matched; `scopes` and
/// `permissions` are null where the request is refused, whoever asks.
[[nodiscard]] Json ExplainRequest(const App& app, std::string_view method, std::string_view uri);

}  // namespace latchkey::admin
