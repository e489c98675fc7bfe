#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace latchkey {

struct Sighting {
  std::size_t offset;
  std::size_t size;
};

/// The first place in `text` where a whole credential stands, right checksum included.
[[nodiscard]] std::optional<Sighting> FindCredential(std::string_view text);

}  // namespace latchkey
