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
// A store that other processes write to as well is held first (Store::Hold), and what they made is
// taken in (feed_follower.h), so that memory knows every change before the next one. Follow() takes
// it in without holding anything.
//
// Once an outcome is unknown (a failed sync), nothing more is written until a restart: a sync that
// is tried again may report success for data that the kernel dropped. Of a shared store's commit
// the outcome is looked up instead: whoever holds the head sees whether the lines are there.
//
// Thread safety: any number of threads.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "authority/alarms.h"
#include "authority/change.h"
#include "authority/change_sink.h"
#include "authority/feed_follower.h"
#include "authority/journal.h"
#include "authority/store.h"
#include "base/clock.h"

namespace latchkey {

/// How a ledger of a shared store behaves; one of a store of one process takes it as it is.
struct LedgerOptions {
  /// Whether other processes write to the store: Settle() and Follow() then look at it.
  bool shared = false;
  /// Told when the database does not continue what memory holds. Outlives the ledger.
  Alarms* alarms = nullptr;
  /// How often, and how far apart, a shared store is asked for the outcome of a commit that was cut
  /// off, beside the store's own patience.
  int settle_attempts = 20;
  std::chrono::milliseconds settle_pause{250};
  /// After that long it is not asked again.
  std::chrono::milliseconds settle_time{15'000};
};

class Ledger {
 public:
  /// Where database and journal stand, and agree: see reconcile.h.
  using Position = ChangeHead;

  /// All references outlive the ledger.
  Ledger(Store& store, Journal& journal, const ChangeCodec& codec, const SecretKey& journal_key,
         const Clock& clock, ChangeSink& sink, const Position& position,
         const LedgerOptions& options = {});
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  /// Answers what is queued, then stops.
  ~Ledger();

  /// Blocks until `write` is durable and in force. Errors: as Store::Commit; kUnavailable also once
  /// the ledger is broken: the change may or may not have happened. Of a shared store also as
  /// Follow(), and kUnavailable where the database could not be reached in time: then what was made
  /// is in force here as soon as it can be.
  [[nodiscard]] Result<void> Submit(Write write);

  /// As Submit for each of many, which share as few transactions as they can; the answers stand in
  /// their order.
  [[nodiscard]] std::vector<Result<void>> SubmitAll(std::vector<Write> writes);

  /// Blocks until every change submitted before is in force, and of a shared store every one that
  /// was committed before. Who found something changed already, in the store, asks it before saying
  /// so: the store knows a change a moment before memory does. Errors: kUnavailable once the ledger
  /// is broken; as Follow().
  [[nodiscard]] Result<void> Settle() { return Follow(); }

  /// Takes in what others committed to a shared store by now, and blocks until it is in force.
  /// Errors: as FeedFollower::CatchUp and Store::Head.
  [[nodiscard]] Result<void> Follow();

  /// False once an outcome was unknown, and while the database does not continue what memory holds.
  [[nodiscard]] bool healthy() const { return healthy_; }
  /// Whether nothing more is written or taken in until a restart.
  [[nodiscard]] bool broken() const { return broken_; }
  /// Why it is not healthy; nothing while it is.
  [[nodiscard]] std::optional<Error> fault() const;
  /// The newest change that is in force in memory.
  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
  /// The newest that this process made, and the newest of those that may take something away
  /// (MayTakeAway).
  [[nodiscard]] std::uint64_t last_own_seq() const { return last_own_seq_; }
  [[nodiscard]] std::uint64_t last_taking_seq() const { return last_taking_seq_; }

 private:
  struct Pending {
    std::optional<Write> write;  // Nothing: only waits, for Settle() and Follow().
    std::promise<Result<void>> done;
  };
  struct Batch;

  [[nodiscard]] std::future<Result<void>> Enqueue(std::optional<Write> write);
  void Run();
  void Work(std::vector<Pending>& batch);
  [[nodiscard]] Result<void> FollowNow();
  /// Of a shared store the lock is held afterwards, unless it fails.
  [[nodiscard]] Result<void> Begin();
  [[nodiscard]] Result<void> CatchUp(const ChangeHead& head);
  /// Why nothing more is written, once feed_ is broken.
  [[nodiscard]] Error WhyBroken() const;
  void WriteAll(Batch& batch);
  /// Answers those that memory refuses.
  void RefuseUnfit(Batch& batch) const;
  void CommitOnce(Batch& batch);
  void Finish(Batch& batch, const std::vector<Result<void>>& outcomes);
  void SettleUnknown(Batch& batch, const Error& lost);
  /// Whether the store holds that line, once nothing that was lost can still arrive.
  [[nodiscard]] Result<bool> LookFor(const ChangeLine& line);
  void AnswerMade(Batch& batch);
  /// Whether the store holds that line. It has been caught up with.
  [[nodiscard]] Result<bool> Holds(const ChangeLine& line) const;
  void NoteOwn(const Batch& batch);
  void GiveUp(Batch& batch, const Error& error);
  void NoteHealth(const Result<void>& outcome);
  [[nodiscard]] bool PauseUnlessStopping();
  [[nodiscard]] ChangeLine MakeLine(const Write& write, const ChangeHead& before,
                                    Chain& chain) const;

  Store& store_;
  Journal& journal_;
  const ChangeCodec& codec_;
  const SecretKey& journal_key_;
  const Clock& clock_;
  ChangeSink& sink_;
  const LedgerOptions options_;
  FeedFollower feed_;  // Of the writing thread alone.

  std::atomic<bool> healthy_{true};
  std::atomic<bool> broken_{false};
  std::atomic<std::uint64_t> last_seq_;
  std::atomic<std::uint64_t> last_own_seq_{0};
  std::atomic<std::uint64_t> last_taking_seq_{0};
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::optional<Error> fault_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey
