#include "testing/scratch_directory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <system_error>

namespace latchkey {

ScratchDirectory::ScratchDirectory() : ScratchDirectory(std::filesystem::temp_directory_path()) {}

ScratchDirectory::ScratchDirectory(const std::filesystem::path& parent) {
  std::string name = parent / "latchkey-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    ADD_FAILURE() << "no scratch directory";
    return;
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace latchkey
