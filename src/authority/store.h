#pragma once

// The port to the database. It speaks records and change lines; nothing in it knows what a seal
// means.
//
// Every implementation passes store_contract_test.cc.
//
// Thread safety: Commit() is called by one thread at a time; the reading functions by any number,
// also while a commit is under way, of which they see all or nothing.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authority/change.h"
#include "authority/record.h"
#include "base/result.h"

namespace latchkey {

/// Which credentials to list, newest first, by (created_at, id).
struct CredentialFilter {
  std::optional<AccountId> account = {};
  std::optional<CredentialKind> kind = {};
  std::optional<std::string> app = {};
  /// Only those that come after this one in the order of the list: the last of the page before.
  std::optional<CredentialId> after = {};
  std::size_t limit = 100;
};

struct KnownClaim {
  Digest fingerprint;
  std::string record_key;  ///< Of the record that the claim made.
};

class Store {
 public:
  /// Asked for the change line of each write that the store accepts, in order, within the
  /// transaction.
  using LineMaker = std::function<ChangeLine(const Write&)>;
  using RecordVisitor = std::function<void(Record)>;
  /// Returns false to stop.
  using LineVisitor = std::function<bool(ChangeLine)>;

  virtual ~Store() = default;

  /// Makes the accepted ones of `writes`, and their change lines, durable in one transaction. A
  /// write is refused, alone and without effect, with
  ///   kConflict       the stored version is not record version - 1;
  ///   kAlreadyExists  an e-mail, username or key is taken, or the claim's key is in use.
  /// Errors of the whole: nothing was changed (kNoSpace, kIo), or the outcome is unknown
  /// (kUnavailable). After that a store of one process refuses every further Commit until it is
  /// opened again; of a shared one the next Hold() tells what came of it.
  /// On a shared store it uses the transaction that Hold() began, and holds by itself if there is
  /// none; a line that does not continue the head is refused there (kInternal: nothing was
  /// changed).
  [[nodiscard]] virtual Result<std::vector<Result<void>>> Commit(std::span<const Write> writes,
                                                                 const LineMaker& make_line) = 0;

  /// Of a store that other processes write to as well: begins the transaction of the next Commit()
  /// and locks the head of the changes, so that nobody else commits until that Commit(), or
  /// Release(), has ended it, whatever comes of it. Returns the head: every change up to it is
  /// committed and can be read, and the next line continues it. A transaction that is held already
  /// is given up first. Waits for whoever holds the head, but not past the store's own deadline.
  /// Nothing: only this process writes, so there is nothing to hold. Called by the thread that
  /// commits. Errors: kUnavailable: the database cannot be reached, or the head was not to be had
  /// in time; kIo. Nothing is held then.
  [[nodiscard]] virtual Result<std::optional<ChangeHead>> Hold() {
    return std::optional<ChangeHead>{};
  }
  /// Ends what Hold() began, without a change; otherwise does nothing. Called by the same thread.
  virtual void Release() {}
  /// The head as it is committed now, without waiting for whoever holds it. Errors: as
  /// LastChange().
  [[nodiscard]] virtual Result<ChangeHead> Head() const {
    const Result<std::optional<ChangeLine>> last = LastChange();
    if (!last) return std::unexpected(last.error());
    if (!*last) return ChangeHead{};
    return ChangeHead{.seq = (*last)->seq, .batch = (*last)->batch, .mac = (*last)->mac};
  }

  /// Every record as of one moment: the apps first, the rest in any order. A row that cannot even
  /// be read as a record is reported through `unreadable` by its key, and skipped.
  [[nodiscard]] virtual Result<void> Load(
      const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const = 0;

  /// The same by up to `threads` threads: after the apps both functions are called by several at
  /// once. May wait for a commit that is under way.
  [[nodiscard]] virtual Result<void> LoadByThreads(
      std::size_t threads, const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const = 0;

  /// Errors: kNotFound.
  [[nodiscard]] virtual Result<Record> Find(RecordType type, std::string_view key) const = 0;

  [[nodiscard]] virtual Result<std::vector<CredentialRecord>> ListCredentials(
      const CredentialFilter& filter) const = 0;

  /// Nothing if the account never used that key, or it is long forgotten.
  [[nodiscard]] virtual Result<std::optional<KnownClaim>> FindClaim(std::string_view account,
                                                                    std::string_view key) const = 0;

  /// The change with the highest number; nothing in a new store.
  [[nodiscard]] virtual Result<std::optional<ChangeLine>> LastChange() const = 0;
  /// The changes after `seq`, ascending.
  [[nodiscard]] virtual Result<void> ReadChanges(std::uint64_t seq,
                                                 const LineVisitor& visit) const = 0;

  /// For repair alone: puts records and their original lines back, whatever versions stand there.
  [[nodiscard]] virtual Result<void> Restore(std::span<const Record> records,
                                             std::span<const ChangeLine> lines) = 0;

  /// A small value of the installation's own: `keyring-check`. Errors: kNotFound.
  [[nodiscard]] virtual Result<std::string> ReadMeta(std::string_view name) const = 0;
  [[nodiscard]] virtual Result<void> WriteMeta(std::string_view name, std::string_view value) = 0;

  /// Changes whenever somebody other than this object wrote to the database.
  [[nodiscard]] virtual Result<std::uint64_t> ForeignWrites() const = 0;
};

}  // namespace latchkey
