#pragma once

#include <cstdint>

#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/record_sealer.h"
#include "authority/store.h"

namespace latchkey {

/// Seals every record anew that an older key than the keyring's newest sealed, as a change like any
/// other: each gets the next version and a line in the journal. Records that do not open are left
/// as they are. Returns how many were sealed. Errors: as Store::Load and Ledger::Submit; what was
/// done until then stays done, and calling it again does the rest.
[[nodiscard]] Result<std::uint64_t> ResealAll(const Store& store, Ledger& ledger,
                                              const RecordSealer& sealer, const Caller& caller);

}  // namespace latchkey
