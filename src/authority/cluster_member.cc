#include "authority/cluster_member.h"

#include <algorithm>
#include <utility>

namespace latchkey {
namespace {

/// Of what is tried again anyway, or what only others would miss.
void IgnoreFailure(const Result<void>& /*outcome*/) {}

}  // namespace

ClusterMember::ClusterMember(const Parts& parts, NodeIdentity self, const ClusterPace& pace)
    : parts_(parts), self_(std::move(self)), pace_(pace), judge_(self_.id, parts.lease.limit()) {}

ClusterMember::~ClusterMember() { Stop(); }

Result<void> ClusterMember::Join() {
  const Result<NodeProof> proof =
      parts_.registry.Register(self_, parts_.ledger.last_seq(), parts_.clock.Now());
  if (!proof) return std::unexpected(proof.error());
  proven_ = proof->n;
  joined_ = true;
  return Beat();
}

void ClusterMember::Start() {
  threads_.emplace_back([this] { Repeat(pace_.follow, [this] { return FollowOnce(); }); });
  threads_.emplace_back([this] { Repeat(pace_.beat, [this] { return Beat(); }); });
}

void ClusterMember::Stop() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  parts_.lease.End();
  // Who cannot say so is waited for until its lease ran out.
  if (joined_.exchange(false)) IgnoreFailure(parts_.registry.Leave(self_));
}

void ClusterMember::Repeat(std::chrono::milliseconds pace,
                           const std::function<Result<void>()>& step) {
  // A database that is away is not asked at full pace.
  std::chrono::milliseconds pause = pace;
  while (Pause(pause)) pause = step() ? pace : std::max(pace, pace_.beat);
}

bool ClusterMember::Pause(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

Result<void> ClusterMember::Beat() {
  // Who holds another history than the database must not look alive to the others, who would take
  // its position for one of theirs.
  if (!parts_.ledger.healthy()) {
    if (Result<void> followed = parts_.ledger.Follow(); !followed) {
      CheckHistory();
      return followed;
    }
  }
  const BootInstant since = parts_.boot_clock.Now();
  const Result<NodeProof> proof = Prove();
  if (!proof) return std::unexpected(proof.error());
  proven_ = proof->n;
  if (Result<void> followed = parts_.ledger.Follow(); !followed) {
    CheckHistory();
    return followed;
  }
  // Whoever was asked for the changes may be a server that was replaced; who took the proof is not.
  if (parts_.ledger.last_seq() < proof->head) {
    return Fail(Error::Code::kUnavailable,
                "the database that was followed is behind the one that took the proof");
  }
  parts_.lease.Renew(since);
  if (Result<void> reported = Report(); !reported) return reported;
  if (Result<void> looked = Look(); !looked) return looked;
  ForgetTheGone();
  return {};
}

Result<NodeProof> ClusterMember::Prove() {
  const Instant now = parts_.clock.Now();
  Result<NodeProof> proof = parts_.registry.Heartbeat(self_, parts_.ledger.last_seq(), now);
  if (proof) return proof;
  if (proof.error().code == Error::Code::kNotFound) {
    // It was silent for so long that another node took it out of the list.
    return parts_.registry.Register(self_, parts_.ledger.last_seq(), now);
  }
  if (proof.error().code == Error::Code::kInUse) {
    parts_.lease.End();
    if (!replaced_.exchange(true)) parts_.alarms.Raise(proof.error());
  }
  return proof;
}

void ClusterMember::CheckHistory() {
  // Not of a database that is merely behind: a primary that was replaced looks so for a moment, and
  // what memory holds is newer than that.
  const std::optional<Error> fault = parts_.ledger.fault();
  const bool other_history =
      parts_.ledger.broken() && fault && fault->code == Error::Code::kDisagreement;
  if (other_history) parts_.lease.End();
}

Result<void> ClusterMember::FollowOnce() {
  if (Result<void> followed = parts_.ledger.Follow(); !followed) {
    CheckHistory();
    return followed;
  }
  return Report();
}

Result<void> ClusterMember::Report() {
  const std::scoped_lock lock{report_mutex_};
  const std::uint64_t position = parts_.ledger.last_seq();
  if (position == reported_ || !parts_.ledger.healthy()) return {};
  if (Result<void> reported = parts_.registry.ReportPosition(self_, position); !reported) {
    return reported;
  }
  reported_ = position;
  return {};
}

Result<void> ClusterMember::Look() {
  const std::uint64_t proven = proven_;
  const BootInstant asked = parts_.boot_clock.Now();
  const Result<std::vector<NodeRow>> rows = parts_.registry.List();
  if (!rows) return std::unexpected(rows.error());
  const BootInstant answered = parts_.boot_clock.Now();
  const bool others_ahead = std::ranges::any_of(
      *rows, [this](const NodeRow& row) { return row.position > parts_.ledger.last_seq(); });
  // From now on, nobody of our history can have been further than we are.
  if (others_ahead) {
    if (Result<void> followed = parts_.ledger.Follow(); !followed) return followed;
  }
  const std::scoped_lock lock{judge_mutex_};
  judge_.Observe(*rows, proven, asked, answered);
  return {};
}

void ClusterMember::LookSince(std::uint64_t begun) {
  const std::scoped_lock lock{look_mutex_};
  if (looks_done_ > begun) return;
  const std::uint64_t look = ++looks_begun_;
  // Without an answer what was seen before stands.
  IgnoreFailure(Look());
  looks_done_ = look;
}

void ClusterMember::ForgetTheGone() {
  std::vector<NodeRow> gone;
  {
    const std::scoped_lock lock{judge_mutex_};
    gone = judge_.SilentFor(pace_.forget);
  }
  for (const NodeRow& row : gone) IgnoreFailure(parts_.registry.Forget(row.who.id, row.n));
}

BarrierReport ClusterMember::Wait(std::uint64_t seq, std::chrono::milliseconds patience) {
  const BootInstant end = parts_.boot_clock.Now() + patience;
  while (true) {
    LookSince(looks_begun_);
    BarrierReport report;
    {
      const std::scoped_lock lock{judge_mutex_};
      report = judge_.Judge(seq, parts_.ledger.last_seq());
    }
    if (report.complete() || parts_.boot_clock.Now() >= end || !Pause(pace_.look)) return report;
  }
}

std::chrono::milliseconds ClusterMember::bound() const {
  return parts_.lease.limit() + BarrierJudge::kMargin;
}

std::vector<NodeView> ClusterMember::nodes() const {
  const std::scoped_lock lock{judge_mutex_};
  return judge_.nodes();
}

}  // namespace latchkey
