#include "crypto/keyring.h"

#include <sodium.h>

#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace latchkey {
namespace {

constexpr std::string_view kHeader = "latchkey-keyring 1";

std::unexpected<Error> MalformedLine(std::size_t line) {
  return Fail(Error::Code::kMalformed,
              "line " + std::to_string(line) + " of the keyring is not of its documented form",
              "Restore the keyring from its backup: without it no credential can be checked.");
}

std::string_view TakeWord(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool ReadHex(std::string_view hex, std::span<std::byte> out) {
  std::size_t size = 0;
  const char* end = nullptr;
  return hex.size() == out.size() * 2 &&
         sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), hex.data(),
                        hex.size(), nullptr, &size, &end) == 0 &&
         size == out.size();
}

}  // namespace

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  Wipe(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    Wipe(other.bytes_.data(), other.bytes_.size());
  }
  return *this;
}

SecretKey::~SecretKey() { Wipe(bytes_.data(), bytes_.size()); }

Keyring Keyring::OfDerivedKey(SecretKey key) {
  Keyring ring;
  ring.keys_.push_back({.number = 1, .created = {}, .key = std::move(key)});
  return ring;
}

Result<Keyring> Keyring::Generate(Random& random, Instant now) {
  Keyring ring;
  ring.journal_ = Entry{.number = 1, .created = now, .key = {}};
  if (Result<void> filled = random.Fill(ring.journal_.key.ExposeForFilling()); !filled) {
    return std::unexpected(filled.error());
  }
  if (Result<void> rotated = ring.Rotate(random, now); !rotated) {
    return std::unexpected(rotated.error());
  }
  return ring;
}

Result<Keyring> Keyring::Parse(std::string_view text) {
  Keyring ring;
  std::size_t line_number = 1;
  if (TakeLine(text) != kHeader) return MalformedLine(line_number);
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    ++line_number;
    const bool says_something = !line.empty() && !line.starts_with('#');
    if (says_something && !ring.TakeIn(line)) return MalformedLine(line_number);
  }
  if (ring.keys_.empty() || ring.journal_.number == 0) return MalformedLine(line_number + 1);
  return ring;
}

bool Keyring::TakeIn(std::string_view line) {
  const std::string_view purpose = TakeWord(line);
  std::optional<Entry> entry = ParseEntry(line);
  if (!entry) return false;
  if (purpose == "journal" && journal_.number == 0) {
    journal_ = std::move(*entry);
    return true;
  }
  const bool ascending = keys_.empty() || entry->number > newest();
  if (purpose != "seal" || !ascending) return false;
  keys_.push_back(std::move(*entry));
  return true;
}

std::optional<Keyring::Entry> Keyring::ParseEntry(std::string_view line) {
  Entry entry{};
  const std::string_view number = TakeWord(line);
  const char* end = number.data() + number.size();
  const auto [read_to, error] = std::from_chars(number.data(), end, entry.number);
  const bool numbered = error == std::errc{} && read_to == end && entry.number != 0;
  const bool keyed = ReadHex(TakeWord(line), entry.key.ExposeForFilling());
  const Result<Instant> created = ParseInstant(line);
  if (!numbered || !keyed || !created) return std::nullopt;
  entry.created = *created;
  return entry;
}

void Keyring::AppendEntry(std::string_view purpose, const Entry& entry, std::string& text) {
  std::array<char, SecretKey::kSize * 2 + 1> hex{};
  const auto bytes = entry.key.Expose();
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  text += purpose;
  text += ' ';
  text += std::to_string(entry.number);
  text += ' ';
  text.append(hex.data(), hex.size() - 1);
  text += ' ';
  text += FormatInstant(entry.created);
  text += '\n';
  Wipe(hex.data(), hex.size());
}

SecretString Keyring::Format() const {
  std::string text{kHeader};
  // One allocation, so that no shorter copy of the keys is left behind by a growing string.
  constexpr std::size_t kLineSizeMax = 128;
  text.reserve((2 + keys_.size()) * kLineSizeMax);
  text += '\n';
  AppendEntry("journal", journal_, text);
  for (const Entry& entry : keys_) AppendEntry("seal", entry, text);
  return SecretString{std::move(text)};
}

Result<void> Keyring::Rotate(Random& random, Instant now) {
  if (!keys_.empty() && newest() == std::numeric_limits<std::uint32_t>::max()) {
    // One more would be number 0, which stands for "no key".
    return Fail(Error::Code::kLimitExceeded, "the keyring has no number left for another key");
  }
  Entry entry{.number = keys_.empty() ? 1 : newest() + 1, .created = now, .key = {}};
  if (Result<void> filled = random.Fill(entry.key.ExposeForFilling()); !filled) return filled;
  keys_.push_back(std::move(entry));
  return {};
}

const SecretKey* Keyring::Find(std::uint32_t number) const {
  for (const Entry& entry : keys_) {
    if (entry.number == number) return &entry.key;
  }
  return nullptr;
}

}  // namespace latchkey
