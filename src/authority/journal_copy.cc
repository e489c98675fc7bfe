#include "authority/journal_copy.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authority/change.h"

namespace latchkey {
namespace {

using enum Error::Code;

constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;

/// Walks a journal and judges its chain.
class ChainWalk {
 public:
  explicit ChainWalk(const SecretKey& journal_key) : chain_(journal_key) {}

  /// False: the line does not come after the one before.
  [[nodiscard]] bool Take(const ChangeLine& line) {
    if (line.seq != seq_ + 1 || chain_.Extend(line.text) != line.mac) {
      broken_at_ = seq_ + 1;
      return false;
    }
    seq_ = line.seq;
    return true;
  }

  [[nodiscard]] std::uint64_t seq() const { return seq_; }
  [[nodiscard]] const Mac& mac() const { return chain_.last(); }

  /// Of which journal: `the backup's`.
  [[nodiscard]] Result<void> Judge(const std::string& whose) const {
    if (!broken_at_) return {};
    return Fail(kTampered,
                whose + " chain is broken at change " + std::to_string(*broken_at_) +
                    ": a line was changed, removed or added, or the keyring is another one",
                "docs/operating.md, \"Backup and restore\".");
  }

 private:
  Chain chain_;
  std::uint64_t seq_ = 0;
  std::optional<std::uint64_t> broken_at_;
};

/// Takes what comes after a position of the same history.
class Copier {
 public:
  Copier(Journal& to, const SecretKey& journal_key, std::uint64_t seq, const Mac& mac)
      : to_(to), walk_(journal_key), seq_(seq), mac_(mac) {}

  [[nodiscard]] bool Take(const ChangeLine& line) {
    if (!walk_.Take(line)) return false;
    if (walk_.seq() == seq_ && walk_.mac() != mac_) {
      outcome_ = Fail(kDisagreement,
                      "the two journals have different histories: change " + std::to_string(seq_) +
                          " is not the same in both",
                      "They belong to different installations, or one went back to an old backup "
                      "and went on from there.");
      return false;
    }
    if (walk_.seq() <= seq_) return true;
    bytes_ += line.text.size();
    batch_.push_back(line);
    return bytes_ < kBatchBytes || Flush();
  }

  [[nodiscard]] Result<std::uint64_t> Finish(const std::string& whose) {
    if (outcome_ && Flush()) outcome_ = walk_.Judge(whose);
    if (!outcome_) return std::unexpected(outcome_.error());
    if (walk_.seq() < seq_) {
      return Fail(kDisagreement,
                  "the copy ends with change " + std::to_string(seq_) + ", the journal with " +
                      std::to_string(walk_.seq()),
                  "The journal lost changes, or is an old one: nothing was copied.");
    }
    return added_;
  }

  [[nodiscard]] const Mac& mac() const { return walk_.mac(); }

 private:
  [[nodiscard]] bool Flush() {
    if (batch_.empty()) return true;
    outcome_ = to_.Reserve(bytes_ + batch_.size() * kLineOverhead);
    if (outcome_) outcome_ = to_.Append(batch_);
    added_ += batch_.size();
    batch_.clear();
    bytes_ = 0;
    return outcome_.has_value();
  }

  static constexpr std::size_t kLineOverhead = 256;  // Of a journal's form around the text.

  Journal& to_;
  ChainWalk walk_;
  std::uint64_t seq_;
  Mac mac_;
  std::vector<ChangeLine> batch_;
  std::size_t bytes_ = 0;
  std::uint64_t added_ = 0;
  Result<void> outcome_;
};

struct End {
  std::uint64_t seq;
  Mac mac;
};

Result<End> FindEnd(const Journal& journal, const SecretKey& journal_key,
                    const std::string& whose) {
  ChainWalk walk{journal_key};
  if (Result<void> read = journal.Read([&walk](const ChangeLine& line) { return walk.Take(line); });
      !read) {
    return std::unexpected(read.error());
  }
  if (Result<void> whole = walk.Judge(whose); !whole) return std::unexpected(whole.error());
  return End{.seq = walk.seq(), .mac = walk.mac()};
}

}  // namespace

Result<void> CheckJournalReaches(const Journal& journal, const SecretKey& journal_key,
                                 std::uint64_t seq, const Mac& mac) {
  ChainWalk walk{journal_key};
  std::optional<Mac> found;
  if (seq == 0) found = walk.mac();
  if (Result<void> read = journal.Read([&](const ChangeLine& line) {
        const bool taken = walk.Take(line);
        if (taken && line.seq == seq) found = line.mac;
        return taken;
      });
      !read) {
    return read;
  }
  if (Result<void> whole = walk.Judge("the backup's"); !whole) return whole;
  if (found == mac) return {};
  return Fail(kTampered,
              "the backup was made up to change " + std::to_string(seq) + " and " +
                  (found ? "holds another one with that number"
                         : "ends with change " + std::to_string(walk.seq())),
              "It was cut off or mixed up with another one: take another backup.");
}

Result<JournalCopied> CopyJournal(const Journal& from, Journal& to, const SecretKey& journal_key) {
  const Result<End> before = FindEnd(to, journal_key, "the copy's");
  if (!before) return std::unexpected(before.error());
  Copier copier{to, journal_key, before->seq, before->mac};
  if (Result<void> read =
          from.Read([&copier](const ChangeLine& line) { return copier.Take(line); });
      !read) {
    return std::unexpected(read.error());
  }
  const Result<std::uint64_t> added = copier.Finish("the journal's");
  if (!added) return std::unexpected(added.error());
  return JournalCopied{.before = before->seq, .added = *added, .mac = copier.mac()};
}

}  // namespace latchkey
