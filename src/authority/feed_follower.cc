#include "authority/feed_follower.h"

#include <string>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

/// How many changes are held at once: what a long way to catch up costs in memory.
constexpr std::size_t kChunk = 512;

constexpr std::string_view kOtherHistoryHint =
    "An old backup was restored, a failover lost what was acknowledged, or somebody changed the "
    "database. Nothing is taken from it any more. docs/operating.md, \"Repair\".";

Error OtherHistory(std::uint64_t seq) {
  return {.code = Error::Code::kDisagreement,
          .message = "the database's change " + std::to_string(seq) +
                     " does not continue what this node holds",
          .hint = std::string{kOtherHistoryHint}};
}

std::unexpected<Error> Behind(std::uint64_t database, std::uint64_t ours) {
  return Fail(
      Error::Code::kDisagreement,
      "the database ends at change " + std::to_string(database) +
          ", while this node holds change " + std::to_string(ours),
      "For a moment, that is a primary which was replaced. If it stays so, an old backup was "
      "restored, or a failover lost what was acknowledged. docs/operating.md, \"Repair\".");
}

ChangeHead HeadAt(const ChangeLine& line) {
  return {.seq = line.seq, .batch = line.batch, .mac = line.mac};
}

}  // namespace

/// Lines on their way from the store into journal and memory.
class FeedFollower::Intake {
 public:
  explicit Intake(FeedFollower& feed)
      : feed_(feed),
        chain_(feed.parts_.journal_key, feed.position_.mac),
        seq_(feed.position_.seq) {}

  Result<void> Add(ChangeLine line) {
    if (line.seq != seq_ + 1 || !EqualInConstantTime(chain_.Extend(line.text), line.mac)) {
      return feed_.Break(OtherHistory(seq_ + 1));
    }
    Result<Change> change = feed_.parts_.codec.Decode(line.text);
    if (!change) return std::unexpected(change.error());
    ++seq_;
    size_ += line.text.size();
    lines_.push_back(std::move(line));
    records_.push_back(std::move(change->record));
    return lines_.size() < kChunk ? Result<void>{} : Flush();
  }

  Result<void> Flush() {
    if (lines_.empty()) return {};
    // More than a line needs beside its text.
    constexpr std::size_t kLineExtra = 256;
    Result<void> kept = feed_.parts_.journal.Reserve(size_ + (lines_.size() * kLineExtra));
    if (kept) kept = feed_.Keep(lines_);
    if (kept) {
      for (const Record& record : records_) feed_.parts_.sink.Apply(record);
    }
    size_ = 0;
    lines_.clear();
    records_.clear();
    return kept;
  }

 private:
  FeedFollower& feed_;
  Chain chain_;
  std::uint64_t seq_;
  std::size_t size_ = 0;
  std::vector<ChangeLine> lines_;
  std::vector<Record> records_;
};

Result<void> FeedFollower::CatchUp(const ChangeHead& head) {
  if (broken_) return std::unexpected(*broken_);
  if (head.seq < position_.seq) return Behind(head.seq, position_.seq);
  if (head.seq > position_.seq) {
    if (Result<void> taken = TakeUpTo(head.seq); !taken) return taken;
  }
  if (!EqualInConstantTime(head.mac, position_.mac)) return Break(OtherHistory(head.seq));
  parts_.sink.CaughtUp(parts_.store);
  return {};
}

Result<void> FeedFollower::TakeUpTo(std::uint64_t seq) {
  Intake intake{*this};
  Result<void> taken;
  const Result<void> read = parts_.store.ReadChanges(position_.seq, [&](ChangeLine line) {
    if (line.seq > seq) return false;
    taken = intake.Add(std::move(line));
    return taken.has_value();
  });
  // What came before something that is wrong is right.
  const Result<void> flushed = intake.Flush();
  if (!taken) return taken;
  if (!flushed) return flushed;
  if (!read) return read;
  // The connection may lead to another server than a moment ago.
  return position_.seq < seq ? Behind(position_.seq, seq) : Result<void>{};
}

Result<void> FeedFollower::Keep(std::span<const ChangeLine> lines) {
  if (Result<void> appended = parts_.journal.Append(lines); !appended) {
    return Break(std::move(appended.error()));
  }
  position_ = HeadAt(lines.back());
  return {};
}

std::unexpected<Error> FeedFollower::Break(Error error) {
  if (!broken_) broken_ = error;
  return std::unexpected(std::move(error));
}

}  // namespace latchkey
