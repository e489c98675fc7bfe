// Durable credentials a second: through the ledger (SQLite and the journal, one sync of each a
// batch) with 1 and 64 issuers, beside plain inserts of one row, committed with synchronous=FULL by
// SQLite alone, on the same disk in the same run.

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "authority/ledger.h"
#include "store/codec/json_change_codec.h"
#include "store/journal/file_journal.h"
#include "store/memory/sample_records.h"
#include "store/sqlite/sqlite_store.h"

namespace latchkey {
namespace {

/// In the working directory, whose disk is the one to measure: /tmp may be memory.
class BenchDirectory {
 public:
  BenchDirectory() {
    std::string name = "bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = std::filesystem::absolute(name);
  }
  BenchDirectory(const BenchDirectory&) = delete;
  BenchDirectory& operator=(const BenchDirectory&) = delete;
  ~BenchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SilentSink final : public ChangeSink {
 public:
  [[nodiscard]] Result<void> CheckNext(const Write& /*write*/) const override { return {}; }
  void Apply(const Record& /*record*/) override {}
};

double plain_rate = 0;

void Report(benchmark::State& state, double commits, double seconds) {
  const double rate = commits / seconds;
  state.SetIterationTime(seconds);
  state.counters["per_second"] = rate;
  if (plain_rate > 0) state.counters["ratio_to_plain"] = rate / plain_rate;
}

template <typename Work>
double SecondsOf(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void PlainInserts(benchmark::State& state) {
  constexpr int kRows = 2000;
  for ([[maybe_unused]] const auto& round : state) {
    const BenchDirectory directory;
    sqlite3* database = nullptr;
    sqlite3_open((directory.path() / "plain.db").c_str(), &database);
    sqlite3_exec(
        database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE tokens (id TEXT PRIMARY KEY, hash BLOB, scopes TEXT, expires INTEGER)",
        nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database,
                       "INSERT INTO tokens VALUES (?1, randomblob(76), "
                       "'read:repository:bitbucket write:repository:bitbucket', 1)",
                       -1, &insert, nullptr);
    const double seconds = SecondsOf([&] {
      for (int i = 0; i < kRows; ++i) {
        const std::string id = CredentialId{static_cast<std::uint64_t>(i)}.text();
        sqlite3_bind_text(insert, 1, id.c_str(), -1, SQLITE_TRANSIENT);
        if (sqlite3_step(insert) != SQLITE_DONE) std::abort();
        sqlite3_reset(insert);
      }
    });
    plain_rate = kRows / seconds;
    Report(state, kRows, seconds);
    sqlite3_finalize(insert);
    sqlite3_close(database);
  }
}

void LedgerIssues(benchmark::State& state) {
  const auto threads = static_cast<std::uint64_t>(state.range(0));
  const std::uint64_t each = threads == 1 ? 2000 : 300;
  for ([[maybe_unused]] const auto& round : state) {
    const BenchDirectory directory;
    const auto store = sqlite::SqliteStore::Open(directory.path() / "latchkey.db").value();
    const auto journal = FileJournal::Open(directory.path()).value();
    const JsonChangeCodec codec;
    const SecretKey key;
    const SystemClock clock;
    SilentSink sink;
    Ledger ledger{*store, *journal, codec, key, clock, sink, {}};
    std::atomic<std::uint64_t> done{0};
    const double seconds = SecondsOf([&] {
      std::vector<std::thread> issuers;
      for (std::uint64_t thread = 0; thread < threads; ++thread) {
        issuers.emplace_back([&, thread] {
          for (std::uint64_t i = 0; i < each; ++i) {
            // Spread over the key space, as random ids are.
            const std::uint64_t id = ((thread * each) + i + 1) * 0x9E3779B97F4A7C15U;
            if (ledger.Submit(WriteOf(SampleCredential(id)))) ++done;
          }
        });
      }
      for (std::thread& issuer : issuers) issuer.join();
    });
    if (done != threads * each) std::abort();
    Report(state, static_cast<double>(done), seconds);
    const auto last = store->LastChange();
    if (last && *last) {
      state.counters["per_batch"] = static_cast<double>(done) / static_cast<double>((*last)->batch);
    }
  }
}

BENCHMARK(PlainInserts)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(LedgerIssues)
    ->Arg(1)
    ->Arg(64)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace latchkey
