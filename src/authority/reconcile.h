#pragma once

// Database and journal must hold the same changes. At start they are compared:
//
//     journal ──┤ 1 2 3 4 5        equal: serve
//     database ─┤ 1 2 3 4 5 6      the database is ahead by its last batch: a crash between the two
//     syncs; nobody was
//                                  told of those changes; the journal is completed
//     database ─┤ 1 2 3 4          the database is behind: it lost what was acknowledged (a damaged
//     write-ahead log, an
//                                  old backup): refuse to serve until Repair()
//
// Any other difference is a refusal too, with what to do in its hint.
//
// A database that several nodes share may be ahead of a node's journal by any number of changes,
// which others made; a new node's journal is empty. If their chain verifies, the journal is
// completed from them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "authority/change.h"
#include "authority/journal.h"
#include "authority/ledger.h"
#include "authority/projection.h"
#include "authority/store.h"

namespace latchkey {

/// What comparing needs. All outlive the call.
struct Books {
  Store& store;
  Journal& journal;
  const ChangeCodec& codec;
  const SecretKey& journal_key;
  /// How many may walk the journal at once.
  std::size_t threads = 1;
  /// Whether other nodes write to the store as well.
  bool shared = false;
};

struct Agreement {
  Ledger::Position position;
  Versions versions;
  /// How many records there must be.
  std::uint64_t records = 0;
  /// How many of them are credentials.
  std::uint64_t credentials = 0;
  /// Lines that the journal was completed with.
  std::uint64_t completed = 0;
};

/// Errors: kDisagreement (repairable, see the hint), kTampered (the journal's chain is broken), as
/// Store and Journal.
[[nodiscard]] Result<Agreement> Reconcile(const Books& books);

/// Whether the journal's chain is whole, from change 1 to its end, under the key of `books`.
/// Errors: kTampered if it is not, as Journal::Read.
[[nodiscard]] Result<void> CheckJournal(const Books& books);

struct AuditReport {
  std::uint64_t changes = 0;          ///< Lines in the journal.
  std::uint64_t records = 0;          ///< Records in the database.
  std::vector<std::string> findings;  ///< One sentence each; empty: all is well.
};

/// Compares everything and changes nothing: the chain, every line against the database's, every
/// record's seal and version against the journal. May run beside a ledger; changes made meanwhile
/// are left out of the comparison. Errors: as Store::Load and Journal::Read.
[[nodiscard]] Result<AuditReport> VerifyAudit(const Books& books, const RecordSealer& sealer);

struct RepairReport {
  std::uint64_t restored = 0;   ///< Changes made again in the database from the journal.
  std::uint64_t completed = 0;  ///< Lines added to the journal from the database.
};

/// Makes both agree again without losing a change that either holds, revocations least of all. Not
/// beside a ledger. Errors: kTampered or kDisagreement if the two have different histories: then
/// only a backup of both helps.
[[nodiscard]] Result<RepairReport> Repair(const Books& books);

}  // namespace latchkey
