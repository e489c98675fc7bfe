#include "authority/ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace latchkey {
namespace {

/// Also the most that the database may be ahead of the journal after a crash.
constexpr std::size_t kBatchMax = 512;
constexpr std::chrono::milliseconds kGatherTime{1};
/// How often writes whose commit was cut off are tried, once it is known that nothing was made.
constexpr int kRoundsMax = 3;

Error Broken() {
  return {
      .code = Error::Code::kUnavailable,
      .message = "the outcome of an earlier write is unknown, so nothing more is written",
      .hint = "Check the disk, then restart Latchkey: it finds out by itself what was written."};
}

Error Unsettled(const Error& lost) {
  return {.code = Error::Code::kUnavailable,
          .message = "the database cannot be reached, so the outcome of a write is unknown: " +
                     lost.message,
          .hint =
              "Send it again, or look whether it is so: what was made is in force as soon as the "
              "database answers."};
}

Error NothingMade(const Error& lost) {
  return {.code = Error::Code::kUnavailable,
          .message = "nothing was changed: the database broke off each time: " + lost.message,
          .hint = "Send it again."};
}

}  // namespace

/// Writes on their way, and what became of the last attempt to make them.
struct Ledger::Batch {
  std::vector<Write> writes;
  std::vector<std::promise<Result<void>>> answers;  // One for each write.
  std::vector<ChangeLine> lines;
  std::vector<std::size_t> made;  // The write that each line is of.
  Error lost{};                   // Of the last attempt, if it was cut off.

  void Add(Pending pending) {
    writes.push_back(*std::move(pending.write));
    answers.push_back(std::move(pending.done));
  }

  /// Of the write that the store asks a line for; it asks in their order.
  void NoteMade(const Write& write) {
    std::size_t i = made.empty() ? 0 : made.back() + 1;
    while (i < writes.size() && &writes[i] != &write) ++i;
    if (i < writes.size()) made.push_back(i);
  }

  void AnswerAll(const Error& error) {
    for (auto& answer : answers) answer.set_value(std::unexpected(error));
    writes.clear();
    answers.clear();
  }

  /// Answers those for which `judge` says something, and keeps the others.
  template <typename Judge>
  void AnswerWhere(Judge judge) {
    std::vector<Write> kept_writes;
    std::vector<std::promise<Result<void>>> kept_answers;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (std::optional<Result<void>> outcome = judge(i)) {
        answers[i].set_value(*std::move(outcome));
        continue;
      }
      kept_writes.push_back(std::move(writes[i]));
      kept_answers.push_back(std::move(answers[i]));
    }
    writes = std::move(kept_writes);
    answers = std::move(kept_answers);
  }
};

Ledger::Ledger(Store& store, Journal& journal, const ChangeCodec& codec,
               const SecretKey& journal_key, const Clock& clock, ChangeSink& sink,
               const Position& position, const LedgerOptions& options)
    : store_(store),
      journal_(journal),
      codec_(codec),
      journal_key_(journal_key),
      clock_(clock),
      sink_(sink),
      options_(options),
      feed_({.store = store,
             .journal = journal,
             .codec = codec,
             .journal_key = journal_key,
             .sink = sink},
            position),
      last_seq_(position.seq),
      thread_([this] { Run(); }) {}

Ledger::~Ledger() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> Ledger::Submit(Write write) { return Enqueue(std::move(write)).get(); }

std::vector<Result<void>> Ledger::SubmitAll(std::vector<Write> writes) {
  std::vector<std::future<Result<void>>> pending;
  pending.reserve(writes.size());
  for (Write& write : writes) pending.push_back(Enqueue(std::move(write)));
  std::vector<Result<void>> outcomes;
  outcomes.reserve(pending.size());
  for (std::future<Result<void>>& one : pending) outcomes.push_back(one.get());
  return outcomes;
}

Result<void> Ledger::Follow() { return Enqueue(std::nullopt).get(); }

std::optional<Error> Ledger::fault() const {
  const std::scoped_lock lock{mutex_};
  return fault_;
}

std::future<Result<void>> Ledger::Enqueue(std::optional<Write> write) {
  Pending pending{.write = std::move(write), .done = {}};
  std::future<Result<void>> done = pending.done.get_future();
  {
    const std::scoped_lock lock{mutex_};
    queue_.push_back(std::move(pending));
  }
  wake_.notify_one();
  return done;
}

void Ledger::Run() {
  std::vector<Pending> batch;
  std::size_t last_size = 0;
  while (true) {
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      // Those who shared the last batch were answered a moment ago and may be on their way back: a
      // sync takes longer than waiting for them. A single submitter never waits.
      if (last_size > 1) {
        wake_.wait_for(lock, kGatherTime, [&] { return stopping_ || queue_.size() >= last_size; });
      }
      if (queue_.empty()) return;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatchMax));
      std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
      queue_.erase(queue_.begin(), queue_.begin() + count);
    }
    last_size = batch.size();
    Work(batch);
    batch.clear();
  }
}

void Ledger::Work(std::vector<Pending>& batch) {
  std::vector<Pending> waiting;
  Batch writing;
  for (Pending& pending : batch) {
    if (pending.write) {
      writing.Add(std::move(pending));
    } else {
      waiting.push_back(std::move(pending));
    }
  }
  WriteAll(writing);
  if (waiting.empty()) return;
  const Result<void> followed = FollowNow();
  for (Pending& pending : waiting) pending.done.set_value(followed);
}

Result<void> Ledger::FollowNow() {
  if (feed_.broken()) return std::unexpected(WhyBroken());
  if (!options_.shared) return {};
  const Result<ChangeHead> head = store_.Head();
  if (!head) return std::unexpected(head.error());
  return CatchUp(*head);
}

Error Ledger::WhyBroken() const {
  const bool other_history = feed_.broken()->code == Error::Code::kDisagreement;
  return other_history ? *feed_.broken() : Broken();
}

Result<void> Ledger::Begin() {
  if (feed_.broken()) return std::unexpected(WhyBroken());
  const Result<std::optional<ChangeHead>> head = store_.Hold();
  if (!head) return std::unexpected(head.error());
  if (!*head) return {};
  Result<void> caught_up = CatchUp(**head);
  if (!caught_up) store_.Release();
  return caught_up;
}

Result<void> Ledger::CatchUp(const ChangeHead& head) {
  Result<void> caught_up = feed_.CatchUp(head);
  last_seq_ = feed_.position().seq;
  NoteHealth(caught_up);
  return caught_up;
}

void Ledger::NoteHealth(const Result<void>& outcome) {
  std::optional<Error> fault = feed_.broken();
  if (!fault && !outcome) {
    const Error::Code code = outcome.error().code;
    const bool passes = code == Error::Code::kUnavailable || code == Error::Code::kIo ||
                        code == Error::Code::kNoSpace;
    // Who cannot be asked has not said that anything is wrong.
    if (passes) return;
    fault = outcome.error();
  }
  const bool broke = feed_.broken() && !broken_;
  if (!broke && healthy_ == !fault) return;
  {
    const std::scoped_lock lock{mutex_};
    fault_ = fault;
  }
  broken_ = feed_.broken().has_value();
  healthy_ = !fault;
  if (fault && options_.alarms != nullptr) options_.alarms->Raise(*fault);
}

void Ledger::WriteAll(Batch& batch) {
  for (int round = 1; !batch.writes.empty(); ++round) {
    if (round > kRoundsMax) return batch.AnswerAll(NothingMade(batch.lost));
    if (const Result<void> begun = Begin(); !begun) {
      if (options_.shared) return batch.AnswerAll(begun.error());
      RefuseUnfit(batch);
      return GiveUp(batch, begun.error());
    }
    RefuseUnfit(batch);
    if (batch.writes.empty()) return store_.Release();
    CommitOnce(batch);
  }
}

void Ledger::RefuseUnfit(Batch& batch) const {
  batch.AnswerWhere([&](std::size_t i) -> std::optional<Result<void>> {
    Result<void> next = sink_.CheckNext(batch.writes[i]);
    if (next) return std::nullopt;
    return next;
  });
}

void Ledger::CommitOnce(Batch& batch) {
  // A generous guess, made before the database commits: once it has, the journal must not fail for
  // space.
  constexpr std::size_t kLineSizeGuess = std::size_t{64} * 1024;
  const std::size_t size = std::min(batch.writes.size(), kBatchMax) * kLineSizeGuess;
  if (const Result<void> reserved = journal_.Reserve(size); !reserved) {
    store_.Release();
    return batch.AnswerAll(reserved.error());
  }
  batch.lines.clear();
  batch.made.clear();
  Chain chain{journal_key_, feed_.position().mac};
  ChangeHead head = feed_.position();
  ++head.batch;
  const Result<std::vector<Result<void>>> outcomes =
      store_.Commit(batch.writes, [&](const Write& write) {
        batch.NoteMade(write);
        const ChangeLine& line = batch.lines.emplace_back(MakeLine(write, head, chain));
        head.seq = line.seq;
        return line;
      });
  if (outcomes) return Finish(batch, *outcomes);
  if (outcomes.error().code != Error::Code::kUnavailable) {
    return batch.AnswerAll(outcomes.error());
  }
  if (options_.shared) return SettleUnknown(batch, outcomes.error());
  static_cast<void>(feed_.Break(Broken()));
  GiveUp(batch, outcomes.error());
}

// Where it is unknown what was made, whatever takes rights away is in force at once: that errs on
// the safe side.
void Ledger::GiveUp(Batch& batch, const Error& error) {
  for (const Write& write : batch.writes) {
    if (TakesAway(write.record)) sink_.Apply(write.record);
  }
  NoteHealth(std::unexpected(error));
  batch.AnswerAll(error);
}

void Ledger::Finish(Batch& batch, const std::vector<Result<void>>& outcomes) {
  if (!batch.lines.empty()) {
    if (const Result<void> kept = feed_.Keep(batch.lines); !kept) {
      return GiveUp(batch, kept.error());
    }
  }
  for (std::size_t i = 0; i < batch.writes.size(); ++i) {
    if (outcomes[i]) sink_.Apply(batch.writes[i].record);
  }
  last_seq_ = feed_.position().seq;
  NoteOwn(batch);
  batch.AnswerWhere([&](std::size_t i) { return std::optional{outcomes[i]}; });
}

void Ledger::NoteOwn(const Batch& batch) {
  if (batch.lines.empty()) return;
  const std::uint64_t last = batch.lines.back().seq;
  const bool takes = std::ranges::any_of(
      batch.made, [&](std::size_t i) { return MayTakeAway(batch.writes[i].record); });
  if (takes) last_taking_seq_ = last;
  last_own_seq_ = last;
}

// Nothing is taken out of force here before the outcome is known: another process may have made
// another change of that record, and its version would then look used up.
void Ledger::SettleUnknown(Batch& batch, const Error& lost) {
  batch.lost = lost;
  // Whatever was cut off before the first line was no change.
  if (batch.lines.empty()) return;
  const auto end = std::chrono::steady_clock::now() + options_.settle_time;
  for (int attempt = 1; attempt <= options_.settle_attempts; ++attempt) {
    const Result<bool> made = LookFor(batch.lines.front());
    if (made && *made) return AnswerMade(batch);
    if (made) return;
    const bool over = feed_.broken() || std::chrono::steady_clock::now() >= end;
    if (over || !PauseUnlessStopping()) break;
  }
  batch.AnswerAll(Unsettled(lost));
}

// Whoever holds the head sees everything that the lost connection still got through.
Result<bool> Ledger::LookFor(const ChangeLine& line) {
  if (Result<void> begun = Begin(); !begun) return std::unexpected(begun.error());
  Result<bool> made = Holds(line);
  store_.Release();
  return made;
}

void Ledger::AnswerMade(Batch& batch) {
  NoteOwn(batch);
  batch.AnswerWhere([&](std::size_t i) {
    const bool is_made = std::ranges::find(batch.made, i) != batch.made.end();
    return is_made ? std::optional{Result<void>{}} : std::optional<Result<void>>{};
  });
}

Result<bool> Ledger::Holds(const ChangeLine& line) const {
  bool holds = false;
  const Result<void> read = store_.ReadChanges(line.seq - 1, [&](const ChangeLine& stored) {
    holds = stored.seq == line.seq && EqualInConstantTime(stored.mac, line.mac);
    return false;
  });
  if (!read) return std::unexpected(read.error());
  return holds;
}

bool Ledger::PauseUnlessStopping() {
  std::unique_lock lock{mutex_};
  return !wake_.wait_for(lock, options_.settle_pause, [this] { return stopping_; });
}

ChangeLine Ledger::MakeLine(const Write& write, const ChangeHead& before, Chain& chain) const {
  ChangeLine line{.seq = before.seq + 1, .batch = before.batch, .text = {}, .mac = {}};
  line.text = codec_.Encode({.seq = line.seq,
                             .batch = line.batch,
                             .at = clock_.Now(),
                             .info = write.info,
                             .record = write.record});
  line.mac = chain.Extend(line.text);
  return line;
}

}  // namespace latchkey
