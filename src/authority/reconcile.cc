#include "authority/reconcile.h"

#include <functional>
#include <optional>
#include <utility>

#include "authority/journal_walk.h"

namespace latchkey {
namespace {

constexpr std::string_view kRepairHint =
    "Stop Latchkey and run \"latchkey audit repair\". It makes the missing changes again from the "
    "other side and loses none.";

constexpr std::string_view kSharedRepairHint =
    "The database was put back to an older state. Stop every node, then run \"latchkey audit "
    "repair\" on the one whose journal reaches furthest: it makes the missing changes again in the "
    "database and loses none. docs/operating.md, \"Repair\".";
constexpr std::string_view kSharedHistoryHint =
    "If the database is the right one, move this node's journal.log away and start: it is written "
    "anew from the database. If the database was put back or changed, restore it. "
    "docs/operating.md, \"Repair\".";

JournalWalk WalkOf(const Books& books) {
  return {.journal = books.journal, .codec = books.codec, .journal_key = books.journal_key};
}

/// The database's change `seq`; nothing if it has none.
Result<std::optional<ChangeLine>> FindChange(const Store& store, std::uint64_t seq) {
  std::optional<ChangeLine> found;
  const Result<void> read = store.ReadChanges(seq - 1, [&found](ChangeLine line) {
    found = std::move(line);
    return false;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

/// The journal's MAC at change `seq`; nothing if it has none.
Result<std::optional<Mac>> FindJournalMac(const Books& books, std::uint64_t seq) {
  std::optional<Mac> found;
  const Result<Ledger::Position> walked =
      WalkJournal(WalkOf(books), [&](const ChangeLine& line) -> Result<void> {
        if (line.seq == seq) found = line.mac;
        return {};
      });
  if (!walked) return std::unexpected(walked.error());
  return found;
}

/// The MAC that the longer of the two has where the shorter one ends.
Result<std::optional<Mac>> FindMacOfLonger(const Books& books, std::uint64_t journal_seq,
                                           std::uint64_t database_seq) {
  if (database_seq < journal_seq) return FindJournalMac(books, database_seq);
  const Result<std::optional<ChangeLine>> line = FindChange(books.store, journal_seq);
  if (!line) return std::unexpected(line.error());
  if (!*line) return std::nullopt;
  return (*line)->mac;
}

/// Whether the shorter of the two is the beginning of the longer.
Result<void> CheckCommonHistory(const Books& books, const Ledger::Position& journal,
                                const std::optional<ChangeLine>& database) {
  if (!database || journal.seq == 0) return {};
  const Result<std::optional<Mac>> longer = FindMacOfLonger(books, journal.seq, database->seq);
  if (!longer) return std::unexpected(longer.error());
  const Mac& shorter = database->seq < journal.seq ? database->mac : journal.mac;
  if (*longer && EqualInConstantTime(**longer, shorter)) return {};
  return Fail(Error::Code::kDisagreement,
              "database and journal tell different histories: they do not come from one "
              "installation, or one is "
              "from an old backup and was used since",
              std::string{books.shared ? kSharedHistoryHint : kBackupHint});
}

/// Lines of the database on their way into a journal that lacks them.
class Completion {
 public:
  Completion(const Books& books, const Ledger::Position& from)
      : books_(books), chain_(books.journal_key, from.mac), end_(from) {}

  /// Appends everything that the database holds beyond, as far as it continues the chain, and tells
  /// `note` of it. Errors: kTampered where it does not; as Store and Journal.
  Result<void> Run(const std::function<Result<void>(const ChangeLine&)>& note) {
    Result<void> added;
    const Result<void> read = books_.store.ReadChanges(end_.seq, [&](ChangeLine line) {
      added = Add(std::move(line), note);
      return added.has_value();
    });
    if (!added) return added;
    if (!read) return read;
    return Flush();
  }

  [[nodiscard]] const Ledger::Position& end() const { return end_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  Result<void> Add(ChangeLine line, const std::function<Result<void>(const ChangeLine&)>& note) {
    if (line.seq != end_.seq + 1 || !EqualInConstantTime(chain_.Extend(line.text), line.mac)) {
      return Fail(Error::Code::kTampered,
                  "the database's change " + std::to_string(end_.seq + 1) +
                      " does not continue the journal",
                  std::string{kBackupHint});
    }
    if (Result<void> noted = note(line); !noted) return noted;
    end_ = {.seq = line.seq, .batch = line.batch, .mac = line.mac};
    ++count_;
    lines_.push_back(std::move(line));
    return lines_.size() < kChunk ? Result<void>{} : Flush();
  }

  Result<void> Flush() {
    if (lines_.empty()) return {};
    Result<void> appended = books_.journal.Append(lines_);
    lines_.clear();
    return appended;
  }

  /// Held at once, however much the journal lacks.
  static constexpr std::size_t kChunk = 1024;

  const Books& books_;
  Chain chain_;
  Ledger::Position end_;
  std::uint64_t count_ = 0;
  std::vector<ChangeLine> lines_;
};

/// "credential.revoke of credential 9fK2mQ7LwXc at 2026-11-24T09:00:00Z"
std::string DescribeChange(const Books& books, const ChangeLine& line) {
  const Result<Change> change = books.codec.Decode(line.text);
  if (!change) return "change " + std::to_string(line.seq);
  return change->info.action + " of " + std::string{TypeName(TypeOf(change->record))} + " " +
         KeyOf(change->record) + " at " + FormatInstant(change->at);
}

std::unexpected<Error> DatabaseBehind(const Books& books, std::uint64_t database_seq,
                                      std::uint64_t journal_seq) {
  constexpr std::uint64_t kNamedMax = 5;
  std::string named;
  const Result<Ledger::Position> walked =
      WalkJournal(WalkOf(books), [&](const ChangeLine& line) -> Result<void> {
        if (line.seq > database_seq && line.seq <= database_seq + kNamedMax) {
          named += (named.empty() ? "" : "; ") + DescribeChange(books, line);
        }
        return {};
      });
  if (!walked) return std::unexpected(walked.error());
  return Fail(Error::Code::kDisagreement,
              "the database lacks " + std::to_string(journal_seq - database_seq) +
                  " acknowledged change(s) that the journal holds: " + named,
              std::string{books.shared ? kSharedRepairHint : kRepairHint});
}

/// Puts the journal's changes after `seq` back into the database.
Result<std::uint64_t> RestoreFromJournal(const Books& books, std::uint64_t seq) {
  std::vector<Record> records;
  std::vector<ChangeLine> lines;
  const Result<Ledger::Position> walked =
      WalkJournal(WalkOf(books), [&](const ChangeLine& line) -> Result<void> {
        if (line.seq <= seq) return {};
        Result<Change> change = books.codec.Decode(line.text);
        if (!change) return std::unexpected(change.error());
        records.push_back(std::move(change->record));
        lines.push_back(line);
        return {};
      });
  if (!walked) return std::unexpected(walked.error());
  if (Result<void> restored = books.store.Restore(records, lines); !restored) {
    return std::unexpected(restored.error());
  }
  return lines.size();
}

/// More than a crash explains: the database's changes beyond the journal are of several batches.
/// Errors: kDisagreement; as Store::ReadChanges.
Result<void> CheckOneBatch(const Books& books, const Ledger::Position& journal,
                           const ChangeLine& last) {
  const Result<std::optional<ChangeLine>> first = FindChange(books.store, journal.seq + 1);
  if (!first) return std::unexpected(first.error());
  if (*first && (*first)->batch == last.batch) return {};
  return Fail(Error::Code::kDisagreement,
              "the journal lacks " + std::to_string(last.seq - journal.seq) +
                  " changes that the database holds: more than a crash explains",
              std::string{kRepairHint});
}

Agreement AgreementAt(JournalEnd journal, std::uint64_t completed) {
  return {.position = journal.position,
          .versions = std::move(journal.versions),
          .records = journal.records,
          .credentials = journal.credentials,
          .completed = completed};
}

/// Compares the journal's copy of each change with the database's, up to `last`.
Result<void> CompareLines(const Books& books, std::uint64_t last, AuditReport& report) {
  constexpr std::size_t kFindingsMax = 20;
  Chain chain{books.journal_key};
  std::uint64_t seq = 0;
  const Result<void> read = books.store.ReadChanges(0, [&](const ChangeLine& line) {
    if (line.seq > last || report.findings.size() >= kFindingsMax) return false;
    if (line.seq != seq + 1) {
      report.findings.push_back("the database lacks change " + std::to_string(seq + 1));
      return false;
    }
    seq = line.seq;
    if (!EqualInConstantTime(chain.Extend(line.text), line.mac)) {
      report.findings.push_back("the database's change " + std::to_string(line.seq) +
                                " is not the journal's");
      return false;
    }
    return true;
  });
  if (!read) return read;
  if (seq < last && report.findings.empty()) {
    report.findings.push_back("the database lacks change " + std::to_string(seq + 1));
  }
  return {};
}

}  // namespace

Result<Agreement> Reconcile(const Books& books) {
  const Result<std::optional<ChangeLine>> database = books.store.LastChange();
  if (!database) return std::unexpected(database.error());
  // One batch alone may be that of a crash before the journal's first line.
  if (!books.shared && books.journal.missing() && *database && (*database)->batch > 1) {
    return Fail(Error::Code::kDisagreement,
                "the journal is missing, while the database holds changes",
                "Put journal.log back from its place or backup. If it is lost for good, run "
                "\"latchkey audit repair\", which writes it anew from the database.");
  }
  Result<JournalEnd> journal = ReadJournal(WalkOf(books), books.threads);
  if (!journal) return std::unexpected(journal.error());
  if (Result<void> common = CheckCommonHistory(books, journal->position, *database); !common) {
    return std::unexpected(common.error());
  }
  const std::uint64_t database_seq = *database ? (*database)->seq : 0;
  if (database_seq < journal->position.seq) {
    return DatabaseBehind(books, database_seq, journal->position.seq);
  }
  if (database_seq == journal->position.seq) return AgreementAt(std::move(*journal), 0);

  if (!books.shared) {
    if (Result<void> one = CheckOneBatch(books, journal->position, **database); !one) {
      return std::unexpected(one.error());
    }
  }
  Completion completion{books, journal->position};
  const Result<void> completed = completion.Run([&](const ChangeLine& line) -> Result<void> {
    Result<RecordVersion> record = books.codec.DecodeVersion(line.text);
    if (!record) return std::unexpected(record.error());
    journal->Note(std::move(*record));
    return {};
  });
  if (!completed) return std::unexpected(completed.error());
  journal->position = completion.end();
  return AgreementAt(std::move(*journal), completion.count());
}

Result<void> CheckJournal(const Books& books) {
  const Result<Ledger::Position> walked =
      WalkJournal(WalkOf(books), [](const ChangeLine& /*line*/) -> Result<void> { return {}; });
  if (!walked) return std::unexpected(walked.error());
  return {};
}

Result<AuditReport> VerifyAudit(const Books& books, const RecordSealer& sealer) {
  AuditReport report;
  Result<JournalEnd> journal = ReadJournal(WalkOf(books), books.threads);
  if (!journal) {
    if (journal.error().code != Error::Code::kTampered) return std::unexpected(journal.error());
    report.findings.push_back(journal.error().message);
    return report;
  }
  report.changes = journal->position.seq;
  if (Result<void> compared = CompareLines(books, journal->position.seq, report); !compared) {
    return std::unexpected(compared.error());
  }
  const auto check = [&](const Record& record) {
    ++report.records;
    const auto known = journal->versions.find({TypeOf(record), KeyOf(record)});
    const std::uint64_t version = known == journal->versions.end() ? 1 : known->second;
    if (const Result<void> sealed = sealer.Check(record); !sealed) {
      report.findings.push_back(sealed.error().message);
    } else if (VersionOf(record) < version) {
      report.findings.push_back(std::string{TypeName(TypeOf(record))} + " " + KeyOf(record) +
                                " is older than the journal says");
    }
  };
  const Result<void> loaded = books.store.Load(check, [&report](std::string_view key) {
    ++report.records;
    report.findings.push_back(std::string{key} + " cannot be read as a record");
  });
  if (!loaded) return std::unexpected(loaded.error());
  if (report.records < journal->records) {
    report.findings.push_back("the database lacks " +
                              std::to_string(journal->records - report.records) +
                              " record(s) that the journal holds");
  }
  return report;
}

Result<RepairReport> Repair(const Books& books) {
  RepairReport report;
  const Result<std::optional<ChangeLine>> database = books.store.LastChange();
  if (!database) return std::unexpected(database.error());
  const Result<JournalEnd> journal = ReadJournal(WalkOf(books), books.threads);
  if (!journal) return std::unexpected(journal.error());
  if (Result<void> common = CheckCommonHistory(books, journal->position, *database); !common) {
    return std::unexpected(common.error());
  }
  const std::uint64_t database_seq = *database ? (*database)->seq : 0;
  if (database_seq < journal->position.seq) {
    const Result<std::uint64_t> restored = RestoreFromJournal(books, database_seq);
    if (!restored) return std::unexpected(restored.error());
    report.restored = *restored;
    return report;
  }
  Completion completion{books, journal->position};
  if (Result<void> completed =
          completion.Run([](const ChangeLine& /*line*/) -> Result<void> { return {}; });
      !completed) {
    return std::unexpected(completed.error());
  }
  report.completed = completion.count();
  return report;
}

}  // namespace latchkey
