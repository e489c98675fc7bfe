#include "api/change_list.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "api/query.h"
#include "base/text.h"

namespace latchkey::api {
namespace {

constexpr std::uint64_t kWindow = 2000;
constexpr std::uint64_t kLookedAtMax = 100'000;
constexpr std::size_t kExportBatch = 1000;
constexpr std::string_view kAccountActor = "account:";

std::string SubjectOf(const Change& change) {
  return std::string{TypeName(TypeOf(change.record))} + " " + std::string{KeyOf(change.record)};
}

/// {"kind","id","name"}: what was changed, and what it is called in that change.
Json SubjectJson(const Change& change, const Directory& directory) {
  Json json;
  json["kind"] = TypeName(TypeOf(change.record));
  json["id"] = KeyOf(change.record);
  json["name"] = nullptr;
  if (const auto* credential = std::get_if<CredentialRecord>(&change.record)) {
    json["kind"] = KindName(credential->kind);
    json["name"] = credential->name;
  } else if (const auto* account = std::get_if<AccountRecord>(&change.record)) {
    json["name"] = account->value.username;
  } else if (TypeOf(change.record) == RecordType::kSignIn) {
    const auto owner = directory.FindAccount(AccountId{KeyOf(change.record)});
    if (owner) json["name"] = owner->username;
  }
  return json;
}

std::string ActorName(const Change& change, const Directory& directory) {
  const std::string& actor = change.info.actor;
  if (!actor.starts_with(kAccountActor)) return actor;
  const auto account = directory.FindAccount(actor.substr(kAccountActor.size()));
  return account ? account->username : actor;
}

/// What the columns of the export are, in the order of the header.
std::array<std::string, 9> CellsOf(const Change& change, const Directory& directory) {
  return {std::to_string(change.seq),
          FormatInstant(change.at),
          change.info.action,
          change.info.actor,
          ActorName(change, directory),
          change.info.origin,
          change.info.request_id,
          change.info.note,
          SubjectOf(change)};
}

/// The changes of `first` … `last`, ascending.
Result<std::vector<Change>> ReadWindow(const Store& store, const ChangeCodec& codec,
                                       std::uint64_t first, std::uint64_t last) {
  std::vector<Change> changes;
  std::optional<Error> fault;
  const Result<void> read = store.ReadChanges(first - 1, [&](const ChangeLine& line) {
    if (line.seq > last) return false;
    Result<Change> change = codec.Decode(line.text);
    if (!change) {
      fault = change.error();
      return false;
    }
    changes.push_back(std::move(*change));
    return true;
  });
  if (!read) return std::unexpected(read.error());
  if (fault) return std::unexpected(*fault);
  return changes;
}

/// Puts those that match on the page; `newest_first` as it says. Returns whether the page is done.
bool AddToPage(ChangePage& page, const std::vector<Change>& newest_first,
               const Directory& directory, const ChangeQuery& query) {
  for (const Change& change : newest_first) {
    // Nothing that is older is wanted.
    if (query.since && change.at < *query.since) return true;
    if (!query.Matches(change)) continue;
    page.values.push_back(ChangeJson(change, directory));
    if (page.values.size() < query.limit) continue;
    if (change.seq > 1) page.next_before = change.seq;
    return true;
  }
  return false;
}

std::string CsvLine(const Change& change, const Directory& directory) {
  std::string line;
  std::string_view comma;
  for (const std::string& cell : CellsOf(change, directory)) {
    line.append(comma).append(CsvCell(cell));
    comma = ",";
  }
  return line += "\r\n";
}

std::string ExportLine(const Change& change, const Directory& directory, ExportFormat format) {
  if (format == ExportFormat::kNdjson) return FormatJson(ChangeJson(change, directory)) + "\n";
  return CsvLine(change, directory);
}

}  // namespace

OrProblem<ChangeQuery> ChangeQuery::Read(const http::Target& target, const Directory& directory) {
  Query query{target};
  ChangeQuery changes;
  changes.actor = query.Text("actor");
  changes.action = query.Text("action");
  changes.since = query.Time("since");
  changes.until = query.Time("until");
  changes.text = query.Text("q");
  changes.before = query.Number("before", 1, std::uint64_t{1} << 62U);
  changes.limit = query.Number("limit", 1, 500).value_or(changes.limit);
  const OrProblem<void> read = query.Finish();
  if (!read) return std::unexpected(read.error());
  if (changes.actor && !changes.actor->contains(':')) {
    const auto account = directory.FindAccountByName(*changes.actor);
    if (account) changes.actor = std::string{kAccountActor} + account->id;
  }
  return changes;
}

bool ChangeQuery::Matches(const Change& change) const {
  if (actor && change.info.actor != *actor) return false;
  if (action) {
    const bool group = action->ends_with('.');
    if (group ? !change.info.action.starts_with(*action) : change.info.action != *action) {
      return false;
    }
  }
  if (since && change.at < *since) return false;
  if (until && change.at >= *until) return false;
  if (!text) return true;
  const std::string folded = FoldAscii(*text);
  const std::array<std::string, 5> places{change.info.note, SubjectOf(change), change.info.actor,
                                          change.info.origin, change.info.request_id};
  return std::ranges::any_of(
      places, [&](const std::string& place) { return FoldAscii(place).contains(folded); });
}

std::string ChangeQuery::Next(std::uint64_t last) const {
  std::string next = "?limit=" + std::to_string(limit) + "&before=" + std::to_string(last);
  if (actor) next += "&actor=" + EscapeQuery(*actor);
  if (action) next += "&action=" + EscapeQuery(*action);
  if (since) next += "&since=" + EscapeQuery(FormatInstant(*since));
  if (until) next += "&until=" + EscapeQuery(FormatInstant(*until));
  if (text) next += "&q=" + EscapeQuery(*text);
  return next;
}

Json ChangeJson(const Change& change, const Directory& directory) {
  Json json;
  json["seq"] = change.seq;
  json["at"] = FormatInstant(change.at);
  json["action"] = change.info.action;
  json["actor"] = change.info.actor;
  json["actor_name"] = ActorName(change, directory);
  json["origin"] = change.info.origin;
  json["request_id"] = change.info.request_id;
  json["note"] = change.info.note;
  json["subject"] = SubjectJson(change, directory);
  return json;
}

Result<ChangePage> CollectChanges(const Store& store, const ChangeCodec& codec,
                                  const Directory& directory, const ChangeQuery& query) {
  const Result<std::optional<ChangeLine>> newest = store.LastChange();
  if (!newest) return std::unexpected(newest.error());
  ChangePage page;
  if (!*newest) return page;
  std::uint64_t last = (*newest)->seq;
  if (query.before) last = std::min(last, *query.before - 1);
  const std::uint64_t stop = last > kLookedAtMax ? last - kLookedAtMax : 0;
  while (last > stop) {
    const std::uint64_t first = last > kWindow ? last - kWindow + 1 : 1;
    Result<std::vector<Change>> changes = ReadWindow(store, codec, first, last);
    if (!changes) return std::unexpected(changes.error());
    std::ranges::reverse(*changes);
    if (AddToPage(page, *changes, directory, query)) return page;
    last = first - 1;
  }
  if (last > 0) page.next_before = last + 1;
  return page;
}

std::string_view CsvHeader() {
  return "seq,at,action,actor,actor_name,origin,request_id,note,subject\r\n";
}

std::string CsvCell(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  std::string cell = "\"";
  if (!text.empty() && kFormula.contains(text.front())) cell += '\'';
  for (const char c : text) {
    cell += c;
    if (c == '"') cell += '"';
  }
  return cell += '"';
}

Result<std::string> ExportSome(const Store& store, const ChangeCodec& codec,
                               const Directory& directory, const ChangeQuery& query,
                               ExportFormat format, std::uint64_t& seq) {
  std::string text;
  const std::uint64_t last = query.before ? *query.before - 1 : ~std::uint64_t{0};
  // Goes on until there is something to send.
  while (text.empty() && seq < last) {
    const std::uint64_t end = std::min(last - seq, std::uint64_t{kExportBatch}) + seq;
    const Result<std::vector<Change>> changes = ReadWindow(store, codec, seq + 1, end);
    if (!changes) return std::unexpected(changes.error());
    if (changes->empty()) return text;
    seq = changes->back().seq;
    for (const Change& change : *changes) {
      if (query.Matches(change)) text += ExportLine(change, directory, format);
    }
  }
  return text;
}

}  // namespace latchkey::api
