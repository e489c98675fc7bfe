#pragma once

// Backups: a directory with a verified copy of the journal, from which the whole database is made
// anew, and `backup.json`, which says up to where it was made.
//
// A backup holds no secret that its journal does not: digests, under seals. Neither the keyring nor
// repositories are in it.

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "server/settings.h"

namespace latchkey::server {

struct BackupReport {
  std::uint64_t changes = 0;  ///< In the backup now.
  std::uint64_t added = 0;    ///< By this call.
};

/// Makes a backup of the installation of `settings` in `directory`, or brings the one that is there
/// up to date. May run beside a server. Errors: kNotFound (no installation, no keyring), as
/// CopyJournal.
[[nodiscard]] Result<BackupReport> MakeBackup(const Settings& settings,
                                              const std::string& directory, const Clock& clock);

struct RestoreReport {
  std::uint64_t changes = 0;   ///< In the backup.
  std::uint64_t added = 0;     ///< That the data directory did not hold.
  std::uint64_t restored = 0;  ///< Made again in the database.
  Instant made_at{};           ///< When the backup was made: later changes are not in it.
};

/// Makes the installation of `settings` from a backup, in a new data directory or in one that holds
/// a part of the same history. Its keyring must be in place. No server may run. Errors: kInUse,
/// kNotFound (no backup, no keyring), kTampered (the backup is cut off or changed; the keyring is
/// another one), kDisagreement (the directory holds changes that the backup does not: nothing was
/// done).
[[nodiscard]] Result<RestoreReport> RestoreBackup(const Settings& settings,
                                                  const std::string& directory, Random& random,
                                                  const Clock& clock);

}  // namespace latchkey::server
