// Keyrings: what parses formats to a text that parses to the same ring, whose numbers ascend and
// whose newest key is there.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/keyring.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::Keyring;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::Result<Keyring> ring = Keyring::Parse(text);
  if (!ring) {
    Require(ring.error().code == latchkey::Error::Code::kMalformed);
    return 0;
  }
  Require(ring->size() > 0 && ring->newest() >= ring->size());
  Require(ring->Find(ring->newest()) != nullptr && ring->Find(0) == nullptr);

  const latchkey::SecretString formatted = ring->Format();
  const latchkey::Result<Keyring> again = Keyring::Parse(formatted.Expose());
  Require(again.has_value() && again->Format().Expose() == formatted.Expose());
  Require(again->size() == ring->size() && again->newest() == ring->newest());
  return 0;
}
