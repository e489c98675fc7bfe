// How an account signs in, as it stands inside its seal: whatever is read is written to the same
// text, or, of the form before this one, to a text that reads the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signin/sign_in_text.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::Result<latchkey::SignIn> read = latchkey::ParseSignIn(text);
  if (!read) return 0;
  const latchkey::SecretString written = latchkey::FormatSignIn(*read);
  if (text.substr(8).starts_with("latchkey sign-in 2")) Require(written.Expose() == text);
  const latchkey::Result<latchkey::SignIn> again = latchkey::ParseSignIn(written.Expose());
  Require(again.has_value());
  Require(latchkey::FormatSignIn(*again).Expose() == written.Expose());
  Require(again->has_second_step() == read->has_second_step());
  Require(again->password_suffices() == read->password_suffices());
  return 0;
}
