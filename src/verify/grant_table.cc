#include "verify/grant_table.h"

#include <utility>

namespace latchkey {
namespace {

/// Everything that the catalogue knows of these names, with what they imply.
GrantSet Close(const Catalogue& catalogue, CredentialKind kind,
               std::span<const std::string> names) {
  GrantSet closed;
  for (const std::string& name : names) {
    const Result<GrantSet> one = kind == CredentialKind::kApiToken
                                     ? catalogue.ScopeSet({name})
                                     : catalogue.PermissionSet({name});
    if (one) closed |= *one;
  }
  return closed;
}

std::string JoinWithSpaces(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

std::unique_ptr<const GrantData> MakeData(const std::shared_ptr<const Catalogue>& catalogue,
                                          CredentialKind kind, std::span<const std::string> names) {
  const GrantSet closed = Close(*catalogue, kind, names);
  const std::vector<std::string> known = kind == CredentialKind::kApiToken
                                             ? catalogue->ScopeNames(closed)
                                             : catalogue->PermissionNames(closed);
  return std::make_unique<const GrantData>(GrantData{
      .catalogue = catalogue, .kind = kind, .closed = closed, .names = JoinWithSpaces(known)});
}

/// No name holds a line break.
std::string KeyOf(std::string_view app, CredentialKind kind, std::span<const std::string> names) {
  std::string key{app};
  key += kind == CredentialKind::kApiToken ? "\nt" : "\np";
  for (const std::string& name : names) (key += '\n') += name;
  return key;
}

}  // namespace

GrantTable::~GrantTable() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::unique_ptr<const GrantData> owned{slots_.At(i).load(std::memory_order_acquire)};
  }
}

std::uint32_t GrantTable::Intern(const std::shared_ptr<const Catalogue>& catalogue,
                                 CredentialKind kind, std::span<const std::string> names) {
  const std::string key = KeyOf(catalogue->app(), kind, names);
  const std::scoped_lock lock{mutex_};
  const auto [entry, fresh] = numbers_.try_emplace(key, 0);
  if (fresh) {
    entry->second = static_cast<std::uint32_t>(slots_.Grow());
    given_.push_back({.kind = kind, .names = {names.begin(), names.end()}});
  }
  const std::uint32_t number = entry->second;
  if (fresh || At(number).catalogue != catalogue) Publish(number, catalogue);
  return number;
}

void GrantTable::Publish(std::uint32_t number, const std::shared_ptr<const Catalogue>& catalogue) {
  const Given& given = given_[number];
  std::unique_ptr<const GrantData> data = MakeData(catalogue, given.kind, given.names);
  const std::shared_ptr<const GrantData> replaced{
      slots_.At(number).exchange(data.release(), std::memory_order_acq_rel)};
  if (replaced != nullptr) epochs_.Retire([replaced] {});
}

std::vector<std::string> GrantTable::GivenNames(std::uint32_t number) const {
  const std::scoped_lock lock{mutex_};
  return given_[number].names;
}

void GrantTable::ReplaceCatalogue(std::string_view app,
                                  const std::shared_ptr<const Catalogue>& catalogue) {
  const std::scoped_lock lock{mutex_};
  for (std::uint32_t number = 0; number < slots_.size(); ++number) {
    if (At(number).catalogue->app() == app) Publish(number, catalogue);
  }
}

std::size_t GrantTable::size() const {
  const std::scoped_lock lock{mutex_};
  return slots_.size();
}

}  // namespace latchkey
