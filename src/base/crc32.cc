#include "base/crc32.h"

#include <zlib.h>

namespace latchkey {

std::uint32_t Crc32(std::string_view text) {
  // zlib reads bytes through its own pointer type; the characters are not changed.
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

}  // namespace latchkey
