#include "webauthn/cbor.h"

#include <array>

#include "base/text.h"

namespace latchkey::webauthn {
namespace {

constexpr int kLevelsMax = 4;  // CTAP2 section 8: at most four levels of nesting.

}  // namespace

std::optional<CborReader::Head> CborReader::ReadHead() {
  if (bytes_.empty()) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes_.front());
  const auto major = static_cast<Major>(first >> 5U);
  const std::size_t info = first & 0x1FU;
  bytes_.remove_prefix(1);
  if (info < 24) return Head{.major = major, .value = info};
  if (info > 27) return std::nullopt;  // Reserved, or of indefinite length.
  const std::size_t size = std::size_t{1} << (info - 24);
  if (bytes_.size() < size) return std::nullopt;
  std::uint64_t value = 0;
  for (const char byte : bytes_.substr(0, size)) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  bytes_.remove_prefix(size);
  // The least that needs this many bytes.
  constexpr std::array<std::uint64_t, 4> kLeast{24, 0x100, 0x1'0000, 0x1'0000'0000};
  if (value < kLeast.at(info - 24)) return std::nullopt;
  return Head{.major = major, .value = value};
}

std::optional<std::int64_t> CborReader::ReadInteger() {
  const std::optional<Head> head = ReadHead();
  if (!head || head->value > INT64_MAX) return std::nullopt;
  const auto value = static_cast<std::int64_t>(head->value);
  if (head->major == Major::kUnsigned) return value;
  if (head->major == Major::kNegative) return -1 - value;
  return std::nullopt;
}

std::optional<std::string_view> CborReader::ReadString(Major wanted) {
  const std::optional<Head> head = ReadHead();
  if (!head || head->major != wanted || head->value > bytes_.size()) return std::nullopt;
  const std::string_view text = bytes_.substr(0, head->value);
  bytes_.remove_prefix(text.size());
  if (wanted == Major::kText && !IsUtf8(text)) return std::nullopt;
  return text;
}

std::optional<std::string_view> CborReader::ReadBytes() { return ReadString(Major::kBytes); }

std::optional<std::string_view> CborReader::ReadText() { return ReadString(Major::kText); }

std::optional<std::size_t> CborReader::ReadMapSize() {
  const std::optional<Head> head = ReadHead();
  // A pair has at least two bytes.
  if (!head || head->major != Major::kMap || head->value > bytes_.size() / 2) return std::nullopt;
  return head->value;
}

bool CborReader::Skip(int levels) {
  const CborReader before = *this;
  const std::optional<Head> head = ReadHead();
  if (!head) return false;
  switch (head->major) {
    case Major::kUnsigned:
    case Major::kNegative: return true;
    case Major::kBytes:
    case Major::kText: *this = before; return ReadString(head->major).has_value();
    case Major::kArray:
    case Major::kMap: break;
    case Major::kTag: return false;
    case Major::kOther: return head->value >= 20 && head->value <= 22;  // false, true, null
  }
  if (levels == 0 || head->value > bytes_.size()) return false;
  const std::uint64_t items = head->major == Major::kMap ? 2 * head->value : head->value;
  for (std::uint64_t i = 0; i < items; ++i) {
    if (!Skip(levels - 1)) return false;
  }
  return true;
}

std::optional<std::string_view> CborReader::ReadItem() {
  const std::string_view before = bytes_;
  if (!Skip(kLevelsMax)) return std::nullopt;
  return before.substr(0, before.size() - bytes_.size());
}

}  // namespace latchkey::webauthn
