#pragma once

// Copies of the journal: what a backup is. A journal holds the full state of every record in every
// version, so a database can be made from it alone, and its chain says whether it is whole.
//
// No I/O of its own.

#include <cstdint>

#include "authority/journal.h"
#include "crypto/mac.h"

namespace latchkey {

struct JournalCopied {
  std::uint64_t before = 0;  ///< Changes that the copy held already.
  std::uint64_t added = 0;
  Mac mac{};  ///< Of the last line of the copy.

  [[nodiscard]] std::uint64_t changes() const { return before + added; }
};

/// Whether the chain of `journal` is whole from change 1 on, and that change `seq` has `mac`.
/// Errors: kTampered: it is not, or ends before; as Journal::Read.
[[nodiscard]] Result<void> CheckJournalReaches(const Journal& journal, const SecretKey& journal_key,
                                               std::uint64_t seq, const Mac& mac);

/// Brings `to` up to date with `from`, in bounded memory, after checking the chains of both from
/// change 1 on. Lines that `from` is given meanwhile may or may not be among them.
/// Errors: kTampered: a chain is broken; kDisagreement: the two have different histories, or `to`
/// holds changes that `from` does not; as Journal::Read and Append.
[[nodiscard]] Result<JournalCopied> CopyJournal(const Journal& from, Journal& to,
                                                const SecretKey& journal_key);

}  // namespace latchkey
