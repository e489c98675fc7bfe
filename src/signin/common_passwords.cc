#include "signin/common_passwords.h"

#include <algorithm>
#include <ranges>
#include <vector>

#include "base/secret.h"
#include "base/text.h"
#include "signin/embedded.h"

namespace latchkey {
namespace {

/// The lines of the file, which is in order.
std::vector<std::string_view> ReadList() {
  std::vector<std::string_view> lines;
  for (const auto line : std::views::split(signin::kCommonPasswordsTxt, '\n')) {
    if (!line.empty()) lines.emplace_back(line.begin(), line.end());
  }
  return lines;
}

}  // namespace

bool IsCommonPassword(std::string_view password) {
  static const std::vector<std::string_view> kList = ReadList();
  const SecretString folded{FoldAscii(password)};
  return std::ranges::binary_search(kList, folded.Expose());
}

}  // namespace latchkey
