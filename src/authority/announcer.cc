#include "authority/announcer.h"

#include <utility>

namespace latchkey {

Announcer::Mark Announcer::Begin() const {
  if (alone()) return {};
  return {.own = ledger_->last_own_seq(), .taking = ledger_->last_taking_seq()};
}

bool Announcer::HasToFinish(const Mark& before, const Kind& kind) const {
  return !alone() && (kind.revocation || ledger_->last_own_seq() != before.own);
}

Announcement Announcer::Finish(const Mark& before, const Kind& kind) const {
  Announcement said;
  if (!HasToFinish(before, kind)) return said;
  if (kind.no_wait) {
    if (kind.revocation) said.in_force_by = clock_->Now() + barrier_->bound();
    return said;
  }
  const bool takes = kind.revocation || ledger_->last_taking_seq() != before.taking;
  BarrierReport report = barrier_->Wait(ledger_->last_seq(), takes ? barrier_->bound() : kBrief);
  if (!kind.revocation) return said;
  said.effective_at = clock_->Now();
  said.confirmed = std::move(report.confirmed);
  said.fenced = std::move(report.fenced);
  // Nobody's lease from before the change can be alive by now, whatever could be seen of it.
  for (std::string& name : report.pending) said.fenced.push_back(std::move(name));
  return said;
}

}  // namespace latchkey
