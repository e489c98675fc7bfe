#pragma once

// One pass over the whole journal, which judges every link of its chain.
//
//     line n-1 ── mac ──┐
//     line n   ── mac = HMAC(key, mac of n-1 | line n)
//
// The journal holds every MAC, so each link can be judged by itself: by its own line and the MAC
// that the line before claims. If all links hold, the chain does. That is what lets several threads
// share the work; a part's first link is judged when the parts are put together.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "authority/change.h"
#include "authority/journal.h"
#include "authority/ledger.h"
#include "authority/projection.h"
#include "base/result.h"

namespace latchkey {

inline constexpr std::string_view kBackupHint =
    "Restore the database, the journal and the keyring from the same backup. docs/operating.md, "
    "\"Repair\".";

/// What is walked, and with what. All outlive the call.
struct JournalWalk {
  const Journal& journal;
  const ChangeCodec& codec;
  const SecretKey& journal_key;
};

/// What a pass tells.
struct JournalEnd {
  Ledger::Position position;
  Versions versions;
  std::uint64_t records = 0;      ///< Lines that made one.
  std::uint64_t credentials = 0;  ///< Those of them that made a credential.

  /// Of the line after those before.
  void Note(RecordVersion record);
};

/// Checks the chain and calls `visit` with each line, in order, until it fails. Errors: kTampered:
/// the chain is broken; as `visit` and Journal::Read.
[[nodiscard]] Result<Ledger::Position> WalkJournal(
    const JournalWalk& walk, const std::function<Result<void>(const ChangeLine&)>& visit);

/// Checks the chain and gathers what it says of records, by up to `threads` threads. Errors: as
/// WalkJournal; kMalformed: a line is none of the codec's.
[[nodiscard]] Result<JournalEnd> ReadJournal(const JournalWalk& walk, std::size_t threads);

}  // namespace latchkey
