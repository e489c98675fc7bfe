#include "verify/index_table.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace latchkey {
namespace {

constexpr std::uint64_t kLive = 1;
constexpr std::uint64_t kDead = 2;
constexpr std::uint64_t kStateMask = 3;
constexpr std::uint64_t kAppPasswordBit = 4;
constexpr std::uint64_t kRevokedBit = 8;
constexpr unsigned kRevokedShift = 16;  // Leaves 48 bits of milliseconds: until the year 10889.
constexpr std::int64_t kRevokedMax = (std::int64_t{1} << 48U) - 1;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

constexpr std::size_t kCapacityMin = 8;
constexpr std::size_t kPrefetchedPastEnd = 2;  // Prefetch() of the last pair asks for the next too.

bool IsLive(std::uint64_t state) { return (state & kStateMask) == kLive; }
bool IsEmpty(std::uint64_t state) { return (state & kStateMask) == 0; }

Instant InstantAt(std::int64_t milliseconds) {
  return Instant{std::chrono::milliseconds{milliseconds}};
}

}  // namespace

IndexTable::IndexTable(std::size_t live_max)
    // Load 3/4, rounded up to whole pairs.
    : capacity_(std::max(kCapacityMin, (live_max * 4 + 5) / 6 * 2)),
      used_max_(capacity_ * 3 / 4),
      memory_((capacity_ + kPrefetchedPastEnd) * kSlotSize),
      words_(static_cast<std::uint64_t*>(memory_.data())) {}

IndexTable::Words IndexTable::Pack(const CredentialFacts& facts) {
  Words words{};
  words[kIdWord] = facts.id.value();
  const auto digest = std::bit_cast<std::array<std::uint64_t, 4>>(facts.digest);
  std::ranges::copy(digest, words.begin() + 1);
  words[kNumbersWord] = std::uint64_t{facts.account} << 32U | facts.grants;
  const std::int64_t expiry =
      facts.expires_at ? facts.expires_at->time_since_epoch().count() : kNever;
  words[kExpiryWord] = static_cast<std::uint64_t>(expiry);
  std::uint64_t state = kLive;
  if (facts.kind == CredentialKind::kAppPassword) state |= kAppPasswordBit;
  if (facts.revoked_at) {
    const std::int64_t at =
        std::clamp<std::int64_t>(facts.revoked_at->time_since_epoch().count(), 0, kRevokedMax);
    state |= kRevokedBit | static_cast<std::uint64_t>(at) << kRevokedShift;
  }
  words[kStateWord] = state;
  return words;
}

CredentialFacts IndexTable::Unpack(const Words& words) {
  const std::uint64_t state = words[kStateWord];
  CredentialFacts facts{
      .id = CredentialId{words[kIdWord]},
      .digest = std::bit_cast<Digest>(std::array{words[1], words[2], words[3], words[4]}),
      .kind =
          (state & kAppPasswordBit) != 0 ? CredentialKind::kAppPassword : CredentialKind::kApiToken,
      .account = static_cast<std::uint32_t>(words[kNumbersWord] >> 32U),
      .grants = static_cast<std::uint32_t>(words[kNumbersWord]),
      .expires_at = std::nullopt,
      .revoked_at = std::nullopt};
  const auto expiry = static_cast<std::int64_t>(words[kExpiryWord]);
  if (expiry != kNever) facts.expires_at = InstantAt(expiry);
  if ((state & kRevokedBit) != 0) {
    facts.revoked_at = InstantAt(static_cast<std::int64_t>(state >> kRevokedShift));
  }
  return facts;
}

IndexTable::Words IndexTable::LoadSlot(std::size_t slot, std::uint64_t state) const {
  Words words;
  for (std::size_t i = 0; i < kStateWord; ++i) words[i] = LoadWord(slot, i);
  words[kStateWord] = state;
  return words;
}

std::optional<CredentialFacts> IndexTable::Find(CredentialId id,
                                                std::uint64_t hash) const noexcept {
  // Ends: a quarter of the slots stays empty.
  for (std::size_t slot = HomeOf(hash);; slot = After(slot)) {
    // The state first: acquiring it orders the other words after their publication.
    const std::uint64_t state = LoadWord(slot, kStateWord);
    if (IsEmpty(state)) return std::nullopt;
    if (IsLive(state) && LoadWord(slot, kIdWord) == id.value()) {
      return Unpack(LoadSlot(slot, state));
    }
  }
}

std::optional<std::size_t> IndexTable::SlotOf(CredentialId id) const {
  for (std::size_t slot = HomeOf(HashOf(id));; slot = After(slot)) {
    const std::uint64_t state = LoadWord(slot, kStateWord);
    if (IsEmpty(state)) return std::nullopt;
    if (IsLive(state) && LoadWord(slot, kIdWord) == id.value()) return slot;
  }
}

std::optional<CredentialFacts> IndexTable::At(std::size_t slot) const {
  const std::uint64_t state = LoadWord(slot, kStateWord);
  if (!IsLive(state)) return std::nullopt;
  return Unpack(LoadSlot(slot, state));
}

void IndexTable::Insert(const CredentialFacts& facts) {
  std::size_t slot = HomeOf(HashOf(facts.id));
  while (!IsEmpty(LoadWord(slot, kStateWord))) slot = After(slot);
  const Words words = Pack(facts);
  for (std::size_t i = 0; i < kWords; ++i) StoreWord(slot, i, words[i]);  // The state is last.
  ++used_;
}

bool IndexTable::UpdateInPlace(std::size_t slot, const CredentialFacts& facts) {
  const Words fresh = Pack(facts);
  const Words known = LoadSlot(slot, LoadWord(slot, kStateWord));
  if (!std::equal(fresh.begin(), fresh.end() - 1, known.begin())) return false;
  if (fresh.back() != known.back()) StoreWord(slot, kStateWord, fresh.back());
  return true;
}

void IndexTable::Kill(std::size_t slot) { StoreWord(slot, kStateWord, kDead); }

}  // namespace latchkey
