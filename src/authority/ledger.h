#pragma once

// Makes changes durable, many at a time: the one way to change anything.
//
//     Submit() ─┐                 one transaction        one sync       in memory      answers
//     Submit() ─┼─> queue ─> Store::Commit ─> Journal::Append ─> ChangeSink::Apply ─> futures
//     Submit() ─┘
//
// Whoever submits while a batch is on its way shares the next one, so that many issuers pay for one
// sync. A change is answered after database and journal both hold it, and after memory knows it.
//
// The database commits first: after a crash in between it is ahead of the journal by one batch,
// which nobody was told of and which the start completes (reconcile.h). A journal that is ahead of
// the database means that the database lost something.
//
// Once an outcome is unknown (a failed sync), nothing more is written until a restart: a sync that
// is tried again may report success for data that the kernel dropped.
//
// Thread safety: any number of threads.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "authority/change.h"
#include "authority/journal.h"
#include "authority/store.h"
#include "base/clock.h"

namespace latchkey {

/// Told of every durable change, in order, before it is acknowledged.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void Apply(const Record& record) = 0;

  /// Whether `write` may be made as memory stands, which knows every change before it: its record
  /// must come after the version that memory knows (a change that was made from a row which
  /// somebody put back to an older version must not become the newest), and the credential that
  /// asks must be in force. Called by the ledger's thread. Errors: kConflict, kPermissionDenied,
  /// kAlreadyExists.
  [[nodiscard]] virtual Result<void> CheckNext(const Write& write) const = 0;
};

class Ledger {
 public:
  /// Where database and journal stand, and agree: see reconcile.h.
  struct Position {
    std::uint64_t seq = 0;
    std::uint64_t batch = 0;
    Mac mac{};
  };

  /// All references outlive the ledger.
  Ledger(Store& store, Journal& journal, const ChangeCodec& codec, const SecretKey& journal_key,
         const Clock& clock, ChangeSink& sink, Position position);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  /// Answers what is queued, then stops.
  ~Ledger();

  /// Blocks until `write` is durable and in force. Errors: as Store::Commit; kUnavailable also once
  /// the ledger is broken: the change may or may not have happened.
  [[nodiscard]] Result<void> Submit(Write write);

  /// As Submit for each of many, which share as few transactions as they can; the answers stand in
  /// their order.
  [[nodiscard]] std::vector<Result<void>> SubmitAll(std::vector<Write> writes);

  /// Blocks until every change submitted before is in force. Who found something changed already,
  /// in the store, asks it before saying so: the store knows a change a moment before memory does.
  /// Errors: kUnavailable once the ledger is broken.
  [[nodiscard]] Result<void> Settle();

  /// False once an outcome was unknown.
  [[nodiscard]] bool healthy() const { return healthy_; }
  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }

 private:
  struct Pending {
    std::optional<Write> write;  // Nothing: only waits, for Settle().
    std::promise<Result<void>> done;
  };

  [[nodiscard]] std::future<Result<void>> Enqueue(std::optional<Write> write);
  void Run();
  void CommitBatch(std::vector<Pending>& batch);
  void Answer(std::vector<Pending>& admitted, std::span<const Write> writes,
              const Result<std::vector<Result<void>>>& outcomes);
  [[nodiscard]] Result<std::vector<Result<void>>> MakeDurable(std::span<const Write> writes);
  [[nodiscard]] ChangeLine MakeLine(const Write& write, std::uint64_t batch, Chain& chain,
                                    std::uint64_t& seq) const;

  Store& store_;
  Journal& journal_;
  const ChangeCodec& codec_;
  const SecretKey& journal_key_;
  const Clock& clock_;
  ChangeSink& sink_;
  Position position_;  // Of the writing thread alone.

  std::atomic<bool> healthy_{true};
  std::atomic<std::uint64_t> last_seq_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey
