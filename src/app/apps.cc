#include "app/apps.h"

#include <utility>

namespace latchkey {

std::shared_ptr<const AppSet> AppSet::With(std::shared_ptr<const App> app) const {
  Map apps = apps_;
  std::string name = app->name;
  apps.insert_or_assign(std::move(name), std::move(app));
  return std::make_shared<const AppSet>(std::move(apps));
}

std::shared_ptr<const AppSet> AppSet::Without(std::string_view name) const {
  Map apps = apps_;
  if (const auto found = apps.find(name); found != apps.end()) apps.erase(found);
  return std::make_shared<const AppSet>(std::move(apps));
}

std::shared_ptr<const AppSet> Apps::Current() const {
  const std::scoped_lock lock{mutex_};
  return current_;
}

void Apps::Replace(std::shared_ptr<const AppSet> set) {
  const std::scoped_lock lock{mutex_};
  current_ = std::move(set);
  generation_.fetch_add(1, std::memory_order_release);
}

}  // namespace latchkey
