#include "store/codec/json_change_codec.h"

#include <charconv>
#include <optional>
#include <utility>

#include "store/codec/record_json.h"

namespace latchkey {
namespace {

std::optional<Change> ReadChange(const OrderedJson& json) {
  JsonReader reader{json};
  const RecordType type = reader.Parsed("type", ParseTypeName, RecordType::kCredential);
  const OrderedJson* object = reader.Object("record");
  std::optional<Record> record = object == nullptr ? std::nullopt : RecordFromJson(type, *object);
  if (!record) return std::nullopt;
  Change change{.seq = reader.Number("seq"),
                .batch = reader.Number("batch"),
                .at = reader.Time("at"),
                .info = {.action = reader.Text("action"),
                         .actor = reader.Text("actor"),
                         .origin = reader.Text("origin"),
                         .request_id = reader.Text("request_id"),
                         .note = reader.Text("note")},
                .record = *std::move(record)};
  if (!reader.ok()) return std::nullopt;
  return change;
}

/// Takes from the front of `rest`, or fails and leaves it.
bool Skip(std::string_view& rest, std::string_view literal) {
  if (!rest.starts_with(literal)) return false;
  rest.remove_prefix(literal.size());
  return true;
}

/// A member whose value is a text that needs no escape.
std::optional<std::string> TakePlainMember(std::string_view& rest, std::string_view name) {
  if (!Skip(rest, "\"") || !Skip(rest, name) || !Skip(rest, R"(":")")) return std::nullopt;
  const std::size_t end = rest.find_first_of(R"("\)");
  if (end == std::string_view::npos || !rest.substr(end).starts_with(R"(",)")) return std::nullopt;
  std::string value{rest.substr(0, end)};
  rest.remove_prefix(end + 2);
  return value;
}

/// The members that make a record's key, which stand first in it.
std::pair<std::string_view, std::string_view> KeyMembers(RecordType type) {
  switch (type) {
    case RecordType::kCredential:
    case RecordType::kAccount:
    case RecordType::kSession:
    case RecordType::kLink: return {"id", ""};
    case RecordType::kWorkspace: return {"slug", ""};
    case RecordType::kMembership: return {"workspace", "account"};
    case RecordType::kRepository: return {"workspace", "slug"};
    case RecordType::kApp:
    case RecordType::kPolicy: return {"name", ""};
    case RecordType::kSignIn: return {"account", ""};
  }
  std::unreachable();
}

std::optional<std::string> TakeKey(std::string_view& rest, RecordType type) {
  const auto [first, second] = KeyMembers(type);
  std::optional<std::string> key = TakePlainMember(rest, first);
  if (!key || second.empty()) return key;
  const std::optional<std::string> more = TakePlainMember(rest, second);
  if (!more) return std::nullopt;
  return *key + "/" + *more;
}

/// `version` is the last member but one of the record, and of the line; only hexadecimal digits
/// follow.
std::optional<std::uint64_t> FindVersion(std::string_view line) {
  constexpr std::string_view kMember = R"(,"version":)";
  const std::size_t start = line.rfind(kMember);
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(start + kMember.size());
  std::uint64_t version = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), version);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (failure != std::errc{} || !rest.starts_with(R"(,"seal":")")) return std::nullopt;
  return version;
}

/// Inside a text each quotation mark has a backslash before it, so that this finds the member.
std::optional<RecordVersion> FindRecordVersion(std::string_view line) {
  constexpr std::string_view kMember = R"(,"type":")";
  const std::size_t start = line.find(kMember);
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(start + kMember.size());
  const std::optional<RecordType> type = ParseTypeName(rest.substr(0, rest.find('"')));
  if (!type || !Skip(rest, TypeName(*type)) || !Skip(rest, R"(","record":{)")) return std::nullopt;
  std::optional<std::string> key = TakeKey(rest, *type);
  const std::optional<std::uint64_t> version = FindVersion(rest);
  if (!key || !version) return std::nullopt;
  return RecordVersion{.type = *type, .key = *std::move(key), .version = *version};
}

}  // namespace

std::string JsonChangeCodec::Encode(const Change& change) const {
  const OrderedJson json{{"seq", change.seq},
                         {"batch", change.batch},
                         {"at", FormatInstant(change.at)},
                         {"action", TextToJson(change.info.action)},
                         {"actor", TextToJson(change.info.actor)},
                         {"origin", TextToJson(change.info.origin)},
                         {"request_id", TextToJson(change.info.request_id)},
                         {"note", TextToJson(change.info.note)},
                         {"type", TypeName(TypeOf(change.record))},
                         {"record", RecordToJson(change.record)}};
  return json.dump();
}

Result<Change> JsonChangeCodec::Decode(std::string_view line) const {
  const OrderedJson json = OrderedJson::parse(line, nullptr, /*allow_exceptions=*/false);
  std::optional<Change> change = ReadChange(json);
  // Encoding it again leaves one spelling: no second order of members, no unknown or repeated one.
  if (!change || Encode(*change) != line) {
    return Fail(Error::Code::kMalformed, "a line of the change log is not of the documented form");
  }
  return *std::move(change);
}

Result<RecordVersion> JsonChangeCodec::DecodeVersion(std::string_view line) const {
  std::optional<RecordVersion> found = FindRecordVersion(line);
  if (found) return *std::move(found);
  return ChangeCodec::DecodeVersion(line);
}

}  // namespace latchkey
