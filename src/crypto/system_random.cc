#include "crypto/system_random.h"

#include <sodium.h>
#include <sys/random.h>

#include <cerrno>

namespace latchkey {

Result<void> SystemRandom::Fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return Fail(Error::Code::kUnavailable, "the system's random generator failed",
                  "Nothing was issued. Check the machine before trying again.");
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Result<void> InitializeCrypto() {
  if (sodium_init() < 0) {
    return Fail(Error::Code::kUnavailable, "libsodium could not be made ready",
                "Check that /dev/urandom or getrandom(2) works on this machine.");
  }
  return {};
}

}  // namespace latchkey
