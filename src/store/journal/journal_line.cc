#include "store/journal/journal_line.h"

#include <charconv>

#include "store/codec/hex.h"

namespace latchkey {
namespace {

constexpr std::string_view kSeqMember = "{\"seq\":";
constexpr std::string_view kBatchMember = ",\"batch\":";
constexpr std::string_view kMacMember = ",\"mac\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kMacDigits = std::tuple_size_v<Mac> * 2;
constexpr std::size_t kMacPartSize = kMacMember.size() + kMacDigits + kEnd.size();

struct Numbers {
  std::uint64_t seq;
  std::uint64_t batch;
};

std::optional<std::uint64_t> TakeNumber(std::string_view& rest, std::string_view member) {
  if (!rest.starts_with(member)) return std::nullopt;
  rest.remove_prefix(member.size());
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (failure != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

std::optional<Numbers> ReadNumbers(std::string_view text) {
  const std::optional<std::uint64_t> seq = TakeNumber(text, kSeqMember);
  if (!seq) return std::nullopt;
  const std::optional<std::uint64_t> batch = TakeNumber(text, kBatchMember);
  if (!batch || !text.starts_with(',')) return std::nullopt;
  return Numbers{.seq = *seq, .batch = *batch};
}

}  // namespace

bool HasLineForm(const ChangeLine& line) {
  const std::optional<Numbers> numbers = ReadNumbers(line.text);
  return numbers && numbers->seq == line.seq && numbers->batch == line.batch &&
         line.text.ends_with('}') && !line.text.contains('\n');
}

void AppendJournalLine(const ChangeLine& line, std::string& out) {
  out.append(line.text, 0, line.text.size() - 1);
  out += kMacMember;
  out += FormatHex(line.mac);
  out += kEnd;
  out += '\n';
}

bool ParseJournalLineInto(std::string_view text, ChangeLine& line) {
  const std::optional<Numbers> numbers = ReadNumbers(text);
  if (!numbers || text.size() < kMacPartSize) return false;
  const std::string_view change = text.substr(0, text.size() - kMacPartSize);
  const std::string_view mac_part = text.substr(change.size());
  if (!mac_part.starts_with(kMacMember) || !mac_part.ends_with(kEnd) ||
      !ParseHexInto(mac_part.substr(kMacMember.size(), kMacDigits), line.mac)) {
    return false;
  }
  line.seq = numbers->seq;
  line.batch = numbers->batch;
  line.text.reserve(change.size() + 1);
  line.text = change;
  line.text += '}';
  return true;
}

std::optional<ChangeLine> ParseJournalLine(std::string_view text) {
  ChangeLine line{.seq = 0, .batch = 0, .text = {}, .mac = {}};
  if (!ParseJournalLineInto(text, line)) return std::nullopt;
  return line;
}

}  // namespace latchkey
