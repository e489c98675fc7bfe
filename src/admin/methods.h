#pragma once

// One function per noun, each of which puts its methods into the table of AdminService. A method
// reads its parameters, calls an authority and renders what that returns.

#include <algorithm>
#include <string>
#include <vector>

#include "admin/service.h"

namespace latchkey::admin {

/// `parts` outlives the table, in all of them.
void AddAccountMethods(const AdminService::Parts& parts, MethodTable& table);
void AddWorkspaceMethods(const AdminService::Parts& parts, MethodTable& table);
void AddRepositoryMethods(const AdminService::Parts& parts, MethodTable& table);
void AddAppMethods(const AdminService::Parts& parts, MethodTable& table);
void AddCredentialMethods(const AdminService::Parts& parts, MethodTable& table);
void AddPolicyMethods(const AdminService::Parts& parts, MethodTable& table);
void AddSystemMethods(const AdminService::Parts& parts, MethodTable& table);

/// Where to continue a list, and how far.
struct PageRequest {
  std::string after;
  std::size_t limit = kPageSizeMax;
};

[[nodiscard]] inline PageRequest ReadPage(Params& params) {
  return {.after = params.OptionalText("after").value_or(std::string{}),
          .limit = params.Count("limit", kPageSizeMax)};
}

/// The rows after `page.after` in the order of their keys, rendered.
template <typename Row, typename KeyOfRow, typename Render>
[[nodiscard]] Json RenderPage(const std::vector<Row>& rows, const PageRequest& page,
                              KeyOfRow key_of, Render render) {
  std::vector<const Row*> wanted;
  for (const Row& row : rows) {
    if (page.after.empty() || key_of(row) > page.after) wanted.push_back(&row);
  }
  std::ranges::sort(wanted, {}, [&](const Row* row) { return key_of(*row); });
  Json values = Json::array();
  Json next = nullptr;
  for (const Row* row : wanted) {
    if (values.size() == page.limit) break;
    values.push_back(render(*row));
    next = key_of(*row);
  }
  if (values.size() == wanted.size()) next = nullptr;
  return Json{{"values", std::move(values)}, {"next", std::move(next)}};
}

}  // namespace latchkey::admin
