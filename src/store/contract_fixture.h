#pragma once

// What the contract suites need of an implementation: to make a fresh one in a place of its own. To
// put another one under the contract, add its factory to the list.

#include <filesystem>
#include <memory>
#include <vector>

#include "authority/store.h"
#include "testing/scratch_directory.h"

namespace latchkey {

template <typename Port>
struct Implementation {
  const char* name;
  /// Whether what it holds outlives it: then the suite opens it again and looks.
  bool durable;
  std::unique_ptr<Port> (*open)(const std::filesystem::path& directory);
};

/// Every store there is: contract_stores_test.cc has the list.
[[nodiscard]] std::vector<Implementation<Store>> AllStores();

}  // namespace latchkey
