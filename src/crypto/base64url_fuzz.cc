// base64url: what decodes is written back character for character, and anything at all is written
// so that it decodes to itself.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/base64url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::Result<std::string> bytes = latchkey::DecodeBase64Url(text);
  if (bytes && latchkey::EncodeBase64Url(*bytes) != text) std::abort();
  const latchkey::Result<std::string> again =
      latchkey::DecodeBase64Url(latchkey::EncodeBase64Url(text));
  if (!again || *again != text) std::abort();
  return 0;
}
