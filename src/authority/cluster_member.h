#pragma once

// What a node of several does all the time:
//
//     every 50 ms   follow: take in what others changed, and report how far that went
//     every second  prove that it lives: T0, Heartbeat(), follow, Lease::Renew(T0); look at the
//                   list of nodes
//
// and, as a Barrier, waiting until a change of its own is in force on every node.
//
// Thread safety: any number of threads; Beat() and FollowOnce() are called by the two threads that
// Start() makes, or, without it, by one thread each.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "authority/alarms.h"
#include "authority/ledger.h"
#include "base/clock.h"
#include "cluster/barrier.h"
#include "cluster/barrier_judge.h"
#include "cluster/lease.h"
#include "cluster/node_registry.h"

namespace latchkey {

struct ClusterPace {
  std::chrono::milliseconds follow{50};
  std::chrono::milliseconds beat{1000};
  /// Between two looks at the list while somebody waits at the barrier.
  std::chrono::milliseconds look{5};
  /// After that much silence a node is taken out of the list.
  std::chrono::milliseconds forget = std::chrono::hours{24};
};

class ClusterMember final : public Barrier {
 public:
  /// All outlive the member.
  struct Parts {
    Ledger& ledger;
    NodeRegistry& registry;
    Lease& lease;
    const BootClock& boot_clock;
    const Clock& clock;
    Alarms& alarms;
  };

  ClusterMember(const Parts& parts, NodeIdentity self, const ClusterPace& pace = {});
  ClusterMember(const ClusterMember&) = delete;
  ClusterMember& operator=(const ClusterMember&) = delete;
  /// As Stop().
  ~ClusterMember() override;

  /// Enters the list, and proves for the first time that the node lives: from then on its lease is
  /// live. Errors: as NodeRegistry::Register and Beat().
  [[nodiscard]] Result<void> Join();
  /// Goes on by itself, after Join().
  void Start();
  /// Ends the lease, and then leaves the list: nobody waits for a node that answers no more.
  void Stop();

  /// One renewal of the lease. Errors: as NodeRegistry::Heartbeat and Ledger::Follow; then it was
  /// not renewed.
  [[nodiscard]] Result<void> Beat();
  /// Errors: as Ledger::Follow and NodeRegistry::ReportPosition.
  [[nodiscard]] Result<void> FollowOnce();

  // Barrier
  [[nodiscard]] BarrierReport Wait(std::uint64_t seq, std::chrono::milliseconds patience) override;
  [[nodiscard]] std::chrono::milliseconds bound() const override;

  /// The nodes as they were last seen, this one included.
  [[nodiscard]] std::vector<NodeView> nodes() const;
  [[nodiscard]] const NodeIdentity& self() const { return self_; }

 private:
  [[nodiscard]] Result<NodeProof> Prove();
  [[nodiscard]] Result<void> Report();
  [[nodiscard]] Result<void> Look();
  void LookSince(std::uint64_t begun);
  void ForgetTheGone();
  void CheckHistory();
  void Repeat(std::chrono::milliseconds pace, const std::function<Result<void>()>& step);
  /// False: it is to stop.
  [[nodiscard]] bool Pause(std::chrono::milliseconds time);

  const Parts parts_;
  const NodeIdentity self_;
  const ClusterPace pace_;
  std::atomic<std::uint64_t> proven_{0};  // Our n.
  std::atomic<bool> joined_{false};
  std::atomic<bool> replaced_{false};

  std::mutex report_mutex_;
  std::uint64_t reported_ = 0;

  // One look at the list at a time: who waits for it shares it.
  std::mutex look_mutex_;
  std::atomic<std::uint64_t> looks_begun_{0};
  std::uint64_t looks_done_ = 0;

  mutable std::mutex judge_mutex_;
  BarrierJudge judge_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace latchkey
