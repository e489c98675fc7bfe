#include "base/secret.h"

#include <strings.h>

#include <cstring>

namespace latchkey {

void Wipe(void* data, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(data, size);
}

void Wipe(std::string& text) noexcept {
  // A moved-from or shortened string keeps old characters in its buffer: grow within the capacity,
  // which never allocates, so that all of it is overwritten.
  text.resize(text.capacity());
  Wipe(text.data(), text.size());
  text.clear();
}

}  // namespace latchkey
