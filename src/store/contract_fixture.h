#pragma once

// What the contract suites need of an implementation: to make a fresh one in a place of its own. To
// put another one under the contract, add its factory to the list.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "authority/store.h"

namespace latchkey {

/// A directory that is made for one test and removed after it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no scratch directory";
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

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
