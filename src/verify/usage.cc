#include "verify/usage.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <thread>
#include <unordered_map>
#include <utility>

namespace latchkey {

/// Notes of many credentials, one each, and their texts, each text once.
///
///     slots: hash of id ──> notes: id, time, count, places of its texts ──> texts: length, bytes,
///     …
class UsageTable {
 public:
  struct Note {
    CredentialId id;
    Instant at;
    std::uint64_t count;
    std::uint32_t address;
    std::uint32_t user_agent;
  };

  UsageTable(std::size_t notes_max, std::size_t texts_max)
      : notes_max_(notes_max),
        texts_max_(texts_max),
        slots_(std::bit_ceil(notes_max * 2), kNone),
        text_slots_(std::bit_ceil(notes_max * 4), kNone) {
    notes_.reserve(notes_max);
    texts_.reserve(texts_max);
  }

  /// False, with nothing changed, if there is no room.
  [[nodiscard]] bool Add(CredentialId id, Instant at, std::uint64_t count, std::string_view address,
                         std::string_view user_agent) {
    std::uint32_t& slot = SlotOf(id);
    if (slot == kNone && notes_.size() == notes_max_) return false;
    if (texts_max_ - texts_.size() < address.size() + user_agent.size() + 2) return false;
    if (slot == kNone) {
      slot = static_cast<std::uint32_t>(notes_.size());
      notes_.push_back({.id = id,
                        .at = at,
                        .count = count,
                        .address = last_address_ = Intern(address, last_address_),
                        .user_agent = last_user_agent_ = Intern(user_agent, last_user_agent_)});
      return true;
    }
    Note& note = notes_[slot];
    note.count += count;
    if (at < note.at) return true;
    note.at = at;
    note.address = last_address_ = Intern(address, note.address);
    note.user_agent = last_user_agent_ = Intern(user_agent, note.user_agent);
    return true;
  }

  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
  [[nodiscard]] std::string_view TextAt(std::uint32_t place) const {
    if (place == kNone) return {};
    const auto size = static_cast<unsigned char>(texts_[place]);
    return {texts_.data() + place + 1, size};
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t& SlotOf(CredentialId id) {
    // Ids are random: their low bits are as good as a hash.
    std::size_t place = id.value() & (slots_.size() - 1);
    while (slots_[place] != kNone && notes_[slots_[place]].id != id) {
      place = (place + 1) & (slots_.size() - 1);
    }
    return slots_[place];
  }

  /// The place of `text`, which is often the one at `guess`.
  std::uint32_t Intern(std::string_view text, std::uint32_t guess) {
    if (text.empty()) return kNone;
    if (guess != kNone && TextAt(guess) == text) return guess;
    std::size_t place = std::hash<std::string_view>{}(text) & (text_slots_.size() - 1);
    while (text_slots_[place] != kNone && TextAt(text_slots_[place]) != text) {
      place = (place + 1) & (text_slots_.size() - 1);
    }
    std::uint32_t& slot = text_slots_[place];
    if (slot != kNone) return slot;
    // A note that keeps changing its address can make more texts than there are notes: half full,
    // the table of texts is left as it is, and further texts stand for themselves.
    const auto fresh = static_cast<std::uint32_t>(texts_.size());
    if (++text_count_ <= text_slots_.size() / 2) slot = fresh;
    texts_.push_back(static_cast<char>(text.size()));
    texts_.insert(texts_.end(), text.begin(), text.end());
    return fresh;
  }

  std::size_t notes_max_;
  std::size_t texts_max_;
  std::vector<Note> notes_;
  std::vector<std::uint32_t> slots_;  // Positions in notes_; a power of two of them.
  std::vector<char> texts_;           // Each with its length in front; never moves.
  std::vector<std::uint32_t> text_slots_;
  std::size_t text_count_ = 0;
  std::uint32_t last_address_ = kNone;
  std::uint32_t last_user_agent_ = kNone;
};

namespace {

static_assert(UsageRecorder::kUserAgentSizeMax < 256 && UsageRecorder::kAddressSizeMax < 256,
              "a text's length is one byte");

// Stands for a table that is being written to; no table has this address.
UsageTable* Busy() {
  return reinterpret_cast<UsageTable*>(std::uintptr_t{1});  // NOLINT(performance-no-int-to-ptr)
}

using Tables = std::vector<std::unique_ptr<UsageTable>>;

/// One for each credential, from all tables. The views are into the tables.
std::vector<CredentialUse> Merge(const Tables& tables) {
  std::vector<CredentialUse> uses;
  std::unordered_map<std::uint64_t, std::size_t> places;
  for (const auto& table : tables) {
    for (const UsageTable::Note& note : table->notes()) {
      const CredentialUse use{.id = note.id,
                              .last_used_at = note.at,
                              .count = note.count,
                              .address = table->TextAt(note.address),
                              .user_agent = table->TextAt(note.user_agent)};
      const auto [place, fresh] = places.try_emplace(note.id.value(), uses.size());
      if (fresh) {
        uses.push_back(use);
        continue;
      }
      CredentialUse& known = uses[place->second];
      const std::uint64_t count = known.count + use.count;
      if (use.last_used_at >= known.last_used_at) known = use;
      known.count = count;
    }
  }
  return uses;
}

/// All in one table, as big as what is in it.
std::unique_ptr<UsageTable> Fold(const Tables& tables) {
  const std::vector<CredentialUse> uses = Merge(tables);
  std::size_t texts = 0;
  for (const CredentialUse& use : uses) texts += use.address.size() + use.user_agent.size() + 2;
  auto folded = std::make_unique<UsageTable>(uses.size(), texts);
  for (const CredentialUse& use : uses) {
    // There is room: it was made for these.
    (void)folded->Add(use.id, use.last_used_at, use.count, use.address, use.user_agent);
  }
  return folded;
}

}  // namespace

UsageReport::UsageReport() = default;
UsageReport::~UsageReport() = default;
UsageReport::UsageReport(UsageReport&&) noexcept = default;
UsageReport& UsageReport::operator=(UsageReport&&) noexcept = default;

UsageRecorder::UsageRecorder(UsageSettings settings) : settings_(settings) {
  // One note fits an empty table, whatever the settings.
  settings_.notes_max = std::max<std::size_t>(settings_.notes_max, 1);
  settings_.texts_max = std::max(settings_.texts_max, kAddressSizeMax + kUserAgentSizeMax + 2);
  settings_.tables_max = std::max<std::size_t>(settings_.tables_max, 1);
}

UsageRecorder::~UsageRecorder() = default;

UsageRecorder::Local::~Local() {
  const std::unique_ptr<UsageTable> owned{table.load(std::memory_order_acquire)};
}

void UsageRecorder::Note(CredentialId id, Instant now, std::string_view address,
                         std::string_view user_agent) noexcept {
  address = address.substr(0, kAddressSizeMax);
  user_agent = user_agent.substr(0, kUserAgentSizeMax);
  Local& local = locals_.Local();
  std::unique_ptr<UsageTable> table{local.table.exchange(Busy(), std::memory_order_acquire)};
  if (table == nullptr || !table->Add(id, now, 1, address, user_agent)) {
    if (table != nullptr) HandOver(std::move(table));
    table = std::make_unique<UsageTable>(settings_.notes_max, settings_.texts_max);
    (void)table->Add(id, now, 1, address, user_agent);  // The first one fits.
  }
  local.table.store(table.release(), std::memory_order_release);
}

void UsageRecorder::HandOver(std::unique_ptr<UsageTable> table) {
  const std::scoped_lock lock{mutex_};
  waiting_.push_back(std::move(table));
  if (waiting_.size() <= settings_.tables_max) return;
  // Nobody collects, or not fast enough: from here on memory grows with the credentials in use and
  // no longer with the requests.
  std::unique_ptr<UsageTable> folded = Fold(waiting_);
  waiting_.clear();
  waiting_.push_back(std::move(folded));
}

Tables UsageRecorder::TakeAll() {
  Tables tables;
  {
    const std::scoped_lock lock{mutex_};
    tables.swap(waiting_);
  }
  locals_.ForEach([&tables](Local& local) {
    UsageTable* table = local.table.load(std::memory_order_acquire);
    while (table != nullptr) {
      if (table == Busy()) {
        std::this_thread::yield();  // For as long as one note takes.
        table = local.table.load(std::memory_order_acquire);
      } else if (local.table.compare_exchange_weak(table, nullptr, std::memory_order_acquire)) {
        tables.emplace_back(table);
        break;
      }
    }
  });
  return tables;
}

UsageReport UsageRecorder::Collect() {
  UsageReport report;
  report.tables_ = TakeAll();
  report.uses_ = Merge(report.tables_);
  return report;
}

}  // namespace latchkey
