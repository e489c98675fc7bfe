#include "authority/ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace latchkey {
namespace {

/// Also the most that the database may be ahead of the journal after a crash.
constexpr std::size_t kBatchMax = 512;
constexpr std::chrono::milliseconds kGatherTime{1};

std::unexpected<Error> Broken() {
  return Fail(Error::Code::kUnavailable,
              "the outcome of an earlier write is unknown, so nothing more is written",
              "Check the disk, then restart Latchkey: it finds out by itself what was written.");
}

}  // namespace

Ledger::Ledger(Store& store, Journal& journal, const ChangeCodec& codec,
               const SecretKey& journal_key, const Clock& clock, ChangeSink& sink,
               Position position)
    : store_(store),
      journal_(journal),
      codec_(codec),
      journal_key_(journal_key),
      clock_(clock),
      sink_(sink),
      position_(position),
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

Result<void> Ledger::Settle() { return Enqueue(std::nullopt).get(); }

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
    CommitBatch(batch);
    batch.clear();
  }
}

void Ledger::CommitBatch(std::vector<Pending>& batch) {
  std::vector<Pending> settling;
  std::vector<Pending> admitted;
  std::vector<Write> writes;
  for (Pending& pending : batch) {
    if (!pending.write) {
      settling.push_back(std::move(pending));
    } else if (Result<void> next = sink_.CheckNext(*pending.write); !next) {
      pending.done.set_value(std::move(next));
    } else {
      writes.push_back(*std::move(pending.write));
      admitted.push_back(std::move(pending));
    }
  }
  if (!writes.empty()) Answer(admitted, writes, healthy_ ? MakeDurable(writes) : Broken());
  for (Pending& pending : settling) {
    pending.done.set_value(healthy_ ? Result<void>{} : Result<void>{Broken()});
  }
}

void Ledger::Answer(std::vector<Pending>& admitted, std::span<const Write> writes,
                    const Result<std::vector<Result<void>>>& outcomes) {
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const bool made = outcomes && (*outcomes)[i];
    // Where it is unknown what was made, whatever takes rights away is in force at once: that errs
    // on the safe side.
    const bool unknown = !outcomes && !healthy_;
    if (made || (unknown && TakesAway(writes[i].record))) sink_.Apply(writes[i].record);
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    admitted[i].done.set_value(outcomes ? (*outcomes)[i]
                                        : Result<void>{std::unexpected(outcomes.error())});
  }
}

Result<std::vector<Result<void>>> Ledger::MakeDurable(std::span<const Write> writes) {
  // A generous guess, made before the database commits: once it has, the journal must not fail for
  // space.
  constexpr std::size_t kLineSizeGuess = std::size_t{64} * 1024;
  if (Result<void> reserved = journal_.Reserve(std::min(writes.size(), kBatchMax) * kLineSizeGuess);
      !reserved) {
    return std::unexpected(reserved.error());
  }
  Chain chain{journal_key_, position_.mac};
  const std::uint64_t batch = position_.batch + 1;
  std::uint64_t seq = position_.seq;
  std::vector<ChangeLine> lines;
  Result<std::vector<Result<void>>> outcomes = store_.Commit(writes, [&](const Write& write) {
    return lines.emplace_back(MakeLine(write, batch, chain, seq));
  });
  if (!outcomes) {
    if (outcomes.error().code == Error::Code::kUnavailable) healthy_ = false;
    return outcomes;
  }
  if (lines.empty()) return outcomes;
  if (Result<void> appended = journal_.Append(lines); !appended) {
    healthy_ = false;
    return std::unexpected(appended.error());
  }
  position_ = {.seq = seq, .batch = batch, .mac = chain.last()};
  last_seq_ = seq;
  return outcomes;
}

ChangeLine Ledger::MakeLine(const Write& write, std::uint64_t batch, Chain& chain,
                            std::uint64_t& seq) const {
  ChangeLine line{.seq = ++seq, .batch = batch, .text = {}, .mac = {}};
  line.text = codec_.Encode({.seq = line.seq,
                             .batch = batch,
                             .at = clock_.Now(),
                             .info = write.info,
                             .record = write.record});
  line.mac = chain.Extend(line.text);
  return line;
}

}  // namespace latchkey
