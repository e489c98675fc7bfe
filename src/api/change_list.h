#pragma once

// The change log, for administrators: a page of it newest first, and all of it as a file.
//
//     ?actor= & action= & since= & until= & q= & before=<seq> & limit=1…500

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authority/change.h"
#include "authority/store.h"
#include "problem/json_text.h"
#include "problem/problem.h"
#include "verify/directory.h"

namespace latchkey::api {

struct ChangeQuery {
  std::optional<std::string> actor = {};  ///< `cli:root`, `account:<id>`, or a username.
  std::optional<std::string> action =
      {};  ///< `credential.revoke`; `credential.` takes all of them.
  std::optional<Instant> since = {};
  std::optional<Instant> until = {};     ///< Before this instant.
  std::optional<std::string> text = {};  ///< In note, subject, actor, address or request id.
  std::optional<std::uint64_t> before = {};
  std::size_t limit = 100;

  /// Problems: kInvalidValue, naming what is wrong. A username becomes what the log has of it.
  [[nodiscard]] static OrProblem<ChangeQuery> Read(const http::Target& target,
                                                   const Directory& directory);
  [[nodiscard]] bool Matches(const Change& change) const;
  /// The query of the page behind `last`, with its `?`.
  [[nodiscard]] std::string Next(std::uint64_t last) const;
};

/// {"seq","at","action","actor","actor_name","origin","request_id","note","subject"}: the subject
/// {"kind","id","name"}, the actor's name what the account is called at present.
[[nodiscard]] Json ChangeJson(const Change& change, const Directory& directory);

struct ChangePage {
  Json values = Json::array();
  std::optional<std::uint64_t> next_before = {};  ///< Nothing: that is all.
};

/// Goes back as far as the page takes, and gives up for this page after 100,000 changes: then it
/// may have fewer values than the limit, even none, and goes on at next_before. Blocks. Errors: as
/// Store::ReadChanges; kMalformed.
[[nodiscard]] Result<ChangePage> CollectChanges(const Store& store, const ChangeCodec& codec,
                                                const Directory& directory,
                                                const ChangeQuery& query);

enum class ExportFormat : std::uint8_t { kCsv, kNdjson };

/// The lines after `seq`, up to about a thousand, as text; `seq` becomes the last one that was
/// looked at. Empty and `seq` unchanged: that was all. Blocks. Errors: likewise.
[[nodiscard]] Result<std::string> ExportSome(const Store& store, const ChangeCodec& codec,
                                             const Directory& directory, const ChangeQuery& query,
                                             ExportFormat format, std::uint64_t& seq);

/// The first line of the CSV.
[[nodiscard]] std::string_view CsvHeader();

/// One cell (RFC 4180), quoted. Spreadsheets take some texts for a formula: those get an apostrophe
/// in front.
[[nodiscard]] std::string CsvCell(std::string_view text);

}  // namespace latchkey::api
