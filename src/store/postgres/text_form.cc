#include "store/postgres/text_form.h"

#include <charconv>

#include "base/text.h"

namespace latchkey::postgres {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

bool IsPlain(std::string_view text) {
  return !text.contains('\0') && !text.contains(kTextMark) && IsUtf8(text);
}

std::string FormOf(std::string_view text) {
  if (IsPlain(text)) return std::string{text};
  std::string form;
  for (const char c : text) {
    if (c >= ' ' && c <= '~') {
      form += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    form += kTextMark;
    form += kDigits[byte >> 4U];
    form += kDigits[byte & 0x0FU];
  }
  return form;
}

std::string TextOf(std::string_view form) {
  std::string text;
  while (!form.empty()) {
    unsigned byte = 0;
    if (form.front() == kTextMark && form.size() >= 3) {
      const char* digits = form.data() + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        text += static_cast<char>(byte);
        form.remove_prefix(3);
        continue;
      }
    }
    text += form.front();
    form.remove_prefix(1);
  }
  return text;
}

}  // namespace latchkey::postgres
