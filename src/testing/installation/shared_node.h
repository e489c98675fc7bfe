#pragma once

// One of several nodes on one store, as far as its ledger: a view of the store, a journal and a
// memory of its own.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "authority/alarms.h"
#include "authority/ledger.h"
#include "store/memory/memory_journal.h"
#include "store/memory/memory_store.h"
#include "store/memory/sample_records.h"

namespace latchkey {

/// A memory that knows the newest version of each record, and lets nothing older through.
class VersionSink final : public ChangeSink {
 public:
  [[nodiscard]] Result<void> CheckNext(const Write& write) const override {
    if (VersionOf(write.record) == VersionIn(write.record) + 1) return {};
    return Fail(Error::Code::kConflict, "memory knows another version");
  }
  void Apply(const Record& record) override {
    const std::scoped_lock lock{mutex_};
    versions_[Label(record)] = VersionOf(record);
    ++applied_;
  }

  /// 0: it knows none.
  [[nodiscard]] std::uint64_t VersionIn(const Record& record) const {
    const std::scoped_lock lock{mutex_};
    const auto found = versions_.find(Label(record));
    return found == versions_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t applied() const {
    const std::scoped_lock lock{mutex_};
    return applied_;
  }

 private:
  static std::string Label(const Record& record) {
    return std::string{TypeName(TypeOf(record))} + KeyOf(record);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> versions_;
  std::size_t applied_ = 0;
};

/// RecordingAlarms for several threads.
class CountingAlarms final : public Alarms {
 public:
  void Raise(const Error& error) override {
    const std::scoped_lock lock{mutex_};
    raised_.push_back(error);
  }
  [[nodiscard]] std::vector<Error> raised() const {
    const std::scoped_lock lock{mutex_};
    return raised_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Error> raised_;
};

struct SharedNode {
  SharedNode(std::unique_ptr<MemoryStore> view, const ChangeCodec& codec, const SecretKey& key,
             const Clock& clock, const ChangeHead& position = {})
      : store(std::move(view)),
        ledger(std::make_unique<Ledger>(
            *store, journal, codec, key, clock, sink, position,
            LedgerOptions{
                .shared = true, .alarms = &alarms, .settle_attempts = 3, .settle_pause = {}})) {}

  [[nodiscard]] Result<void> Submit(Record record) const {
    return ledger->Submit(WriteOf(std::move(record)));
  }

  std::unique_ptr<MemoryStore> store;
  MemoryJournal journal;
  VersionSink sink;
  CountingAlarms alarms;
  std::unique_ptr<Ledger> ledger;
};

}  // namespace latchkey
