// What one decision costs in process, beside its floor: one dependent cache miss in a table of the
// same size, and one SHA-256 block.
//
//     verifier_bench [--quick] [--size=N]… [--accounts=N]
//
// Prints one JSON document. Each row is measured in rounds that take turns with those of the other
// rows; it says the median of the rounds, and the least and the most. A "cold" credential is drawn
// at random from all of them, so that its line is in no cache; what the client sent is, as it is
// for a server that has just read it. Percentiles
// include one reading of the clock (`clock_ns`), the mean does not. Not a benchmark of Google's
// library, which tells no percentiles.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/base62.h"
#include "base/clock.h"
#include "base/crc32.h"
#include "base/huge_memory.h"
#include "catalogue/loader.h"
#include "crypto/base64.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey {
namespace {

using Nanoseconds = std::chrono::duration<double, std::nano>;
using SteadyClock = std::chrono::steady_clock;

/// SplitMix64: a bijection, so that different numbers make different ids.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EB;
  return value ^ (value >> 31U);
}

/// The text of the credential with that number.
std::string TextOf(std::uint64_t number) {
  std::string text = "lkat_" + std::string(39, '0');
  const std::span<char> span{text};
  FormatBase62(Mix(number), span.subspan(5, 11));
  FormatBase62(Mix(number + (std::uint64_t{1} << 40U)), span.subspan(16, 11));
  FormatBase62(Mix(number + (std::uint64_t{2} << 40U)), span.subspan(27, 11));
  FormatBase62(Crc32(std::string_view{text}.substr(0, 38)), span.subspan(38, 6));
  return text;
}

std::string AuthorizationOf(std::uint64_t number) {
  return "Basic " + std::string{EncodeBase64("x-token-auth:" + TextOf(number)).Expose()};
}

std::size_t ResidentBytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct Population {
  Population(std::size_t credentials, std::size_t account_count)
      : size(credentials), accounts(account_count) {
    const std::size_t before_accounts = ResidentBytes();
    for (std::size_t i = 0; i < accounts; ++i) AddAccount(i);
    account_bytes = ResidentBytes() - before_accounts;
    const std::size_t before = ResidentBytes();
    const auto begin = SteadyClock::now();
    for (std::uint64_t number = 0; number < size; ++number) Put(number);
    load_seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    credential_bytes = ResidentBytes() - before;
  }

  void AddAccount(std::size_t i) {
    Account account;
    account.id = AccountIdOf(i);
    account.username = "user" + std::to_string(i);
    account.email = account.username + "@example.com";
    directory.Put(account);
  }

  static AccountId AccountIdOf(std::size_t i) {
    std::string id = std::to_string(i);
    return std::string(32 - id.size(), '0') + id;
  }

  void Put(std::uint64_t number) {
    index.Put({.id = CredentialId{Mix(number)},
               .digest = Sha256(TextOf(number)),
               .kind = CredentialKind::kApiToken,
               .account = AccountIdOf(number % accounts),
               .catalogue = bitbucket,
               .grants = {"read:repository:bitbucket", "write:repository:bitbucket"},
               .expires_at = now + std::chrono::days{30},
               .revoked_at = std::nullopt});
  }

  std::size_t size;
  std::size_t accounts;
  Instant now = SystemClock{}.Now();
  Catalogues catalogues = LoadBuiltInCatalogues().value();
  std::shared_ptr<const Catalogue> bitbucket{std::shared_ptr<const void>{},
                                             catalogues.Find(kBitbucketApp)};
  Requirement read =
      Requirement::Build(*bitbucket, {"read:repository:bitbucket"}, std::nullopt).value();
  Directory directory;
  Index index{directory};
  Verifier verifier{index, directory, ThrottleSettings{}};
  UsageRecorder usage;
  double load_seconds = 0;
  std::size_t account_bytes = 0;
  std::size_t credential_bytes = 0;
};

/// Of one round: nanoseconds for each decision.
struct Sample {
  double median = 0;
  double p99 = 0;
  double mean = 0;  // Without the clock's own cost: timed in batches.
};

struct Setting {
  bool cold;
  unsigned threads;
  bool writer;
  bool usage;
};

constexpr std::size_t kBatch = 256;  // Their headers fit the first cache, as if just read.
constexpr std::size_t kWarmSet = 1000;

class Reader {
 public:
  Reader(Population& population, Setting setting, std::uint64_t seed)
      : population_(population),
        setting_(setting),
        state_(seed),
        texts_(kBatch),
        ids_(kBatch, CredentialId{0}) {}

  Sample Run(std::size_t batches) {
    std::vector<double> times;
    times.reserve(batches / 2 * kBatch);
    double total = 0;
    for (std::size_t i = 0; i < batches; ++i) {
      Draw();
      if (i % 2 == 0) {
        TimeEach(times);
      } else {
        total += TimeBatch();
      }
    }
    std::ranges::sort(times);
    return {.median = times[times.size() / 2],
            .p99 = times[times.size() * 99 / 100],
            .mean = total / static_cast<double>(batches / 2 * kBatch)};
  }

 private:
  void Draw() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      state_ = Mix(state_);
      const std::uint64_t number = state_ % (setting_.cold ? population_.size : kWarmSet);
      texts_[i] = AuthorizationOf(number);
      ids_[i] = CredentialId{Mix(number)};
    }
  }

  void DecideOne(std::size_t i) {
    const EpochDomain::Guard guard = population_.verifier.Enter();
    const Decision decision = population_.verifier.Decide(
        guard, {.authorization = texts_[i], .client_address = "192.0.2.1", .now = population_.now},
        population_.read);
    if (!decision.allowed) std::abort();
    if (setting_.usage) {
      population_.usage.Note(ids_[i], population_.now, "192.0.2.1", "git/2.39.5");
    }
  }

  void TimeEach(std::vector<double>& times) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const auto begin = SteadyClock::now();
      DecideOne(i);
      times.push_back(Nanoseconds{SteadyClock::now() - begin}.count());
    }
  }

  double TimeBatch() {
    const auto begin = SteadyClock::now();
    for (std::size_t i = 0; i < kBatch; ++i) DecideOne(i);
    return Nanoseconds{SteadyClock::now() - begin}.count();
  }

  Population& population_;
  Setting setting_;
  std::uint64_t state_;
  std::vector<std::string> texts_;
  std::vector<CredentialId> ids_;
};

/// Puts and removes credentials beyond the population, and replaces some of it, until told to stop.
class Writer {
 public:
  explicit Writer(Population& population)
      : thread_([this, &population](const std::stop_token& stop) {
          for (std::uint64_t i = 0; !stop.stop_requested(); ++i, ++writes_) {
            const std::uint64_t passing = population.size + i % 100'000;
            if (i / 100'000 % 2 == 0) {
              population.Put(passing);
            } else {
              population.index.Remove(CredentialId{Mix(passing)});
            }
          }
        }) {}

  [[nodiscard]] std::uint64_t Stop() {
    thread_.request_stop();
    thread_.join();
    return writes_;
  }

 private:
  std::atomic<std::uint64_t> writes_{0};
  std::jthread thread_;
};

Sample RunRound(Population& population, Setting setting, std::size_t batches, std::uint64_t seed) {
  std::vector<Sample> samples(setting.threads);
  std::optional<Writer> writer;
  if (setting.writer) writer.emplace(population);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < setting.threads; ++i) {
      threads.emplace_back(
          [&, i] { samples[i] = Reader{population, setting, Mix(seed + i)}.Run(batches); });
    }
  }
  if (writer) (void)writer->Stop();
  if (setting.usage) (void)population.usage.Collect();
  Sample sum;
  for (const Sample& sample : samples) {
    sum.median += sample.median / setting.threads;
    sum.p99 += sample.p99 / setting.threads;
    sum.mean += sample.mean / setting.threads;
  }
  return sum;
}

/// One dependent miss: walks one cycle through all lines of a table as big as the index's.
class MissFloor {
 public:
  explicit MissFloor(std::size_t bytes)
      : memory_(bytes),
        lines_(memory_.size() / 64),
        words_(static_cast<std::uint64_t*>(memory_.data())) {
    std::vector<std::uint32_t> order(lines_);
    std::iota(order.begin(), order.end(), 0U);
    std::uint64_t state = 1;
    for (std::size_t i = lines_ - 1; i > 0; --i) {
      state = Mix(state);
      std::swap(order[i], order[state % (i + 1)]);
    }
    for (std::size_t i = 0; i < lines_; ++i) words_[order[i] * 8U] = order[(i + 1) % lines_];
  }

  double Measure(std::size_t steps) {
    const auto begin = SteadyClock::now();
    for (std::size_t i = 0; i < steps; ++i) at_ = words_[at_ * 8];
    return Nanoseconds{SteadyClock::now() - begin}.count() / static_cast<double>(steps);
  }
  [[nodiscard]] std::uint64_t at() const { return at_; }

 private:
  HugeMemory memory_;
  std::size_t lines_;
  std::uint64_t* words_;
  std::uint64_t at_ = 0;
};

double MeasureDigest(std::size_t steps) {
  std::string text = TextOf(1);
  const auto begin = SteadyClock::now();
  for (std::size_t i = 0; i < steps; ++i) {
    text[20] = static_cast<char>(Sha256(text)[0]);  // Each waits for the one before.
  }
  return Nanoseconds{SteadyClock::now() - begin}.count() / static_cast<double>(steps);
}

double MeasureClock() {
  constexpr int kSteps = 100'000;
  const auto begin = SteadyClock::now();
  for (int i = 0; i < kSteps; ++i) (void)SteadyClock::now();
  return Nanoseconds{SteadyClock::now() - begin}.count() / kSteps;
}

/// `"name": {"median": …, "min": …, "max": …}` of the rounds.
std::string Spread(std::string_view name, std::vector<double> rounds) {
  std::ranges::sort(rounds);
  const auto text = [](double value) { return std::to_string(static_cast<int>(value + 0.5)); };
  return '"' + std::string{name} + "\": {\"median\": " + text(rounds[rounds.size() / 2]) +
         ", \"min\": " + text(rounds.front()) + ", \"max\": " + text(rounds.back()) + '}';
}

struct Row {
  std::string name;
  Setting setting;
  std::vector<Sample> rounds = {};
};

std::vector<Row> MakeRows() {
  std::vector<Row> rows;
  for (const bool cold : {false, true}) {
    for (const unsigned threads : {1U, 2U}) {
      for (const bool writer : {false, true}) {
        rows.push_back({std::string{cold ? "cold" : "warm"} + ", " + std::to_string(threads) +
                            (threads == 1 ? " thread" : " threads") + (writer ? ", writer" : ""),
                        {.cold = cold, .threads = threads, .writer = writer, .usage = false}});
      }
    }
  }
  rows.push_back({"warm, 1 thread, last use noted",
                  {.cold = false, .threads = 1, .writer = false, .usage = true}});
  rows.push_back({"cold, 1 thread, last use noted",
                  {.cold = true, .threads = 1, .writer = false, .usage = true}});
  return rows;
}

void Measure(std::size_t size, std::size_t accounts, std::size_t rounds, std::size_t batches) {
  Population population{size, accounts != 0 ? accounts : std::max<std::size_t>(size / 100, 1)};
  const std::size_t index_bytes = population.index.memory_size();
  std::vector<Row> rows = MakeRows();
  std::vector<double> misses;
  std::vector<double> digests;
  MissFloor floor{index_bytes};
  for (std::size_t round = 0; round < rounds; ++round) {
    misses.push_back(floor.Measure(1'000'000));
    digests.push_back(MeasureDigest(100'000));
    for (Row& row : rows) {
      row.rounds.push_back(RunRound(population, row.setting, batches, Mix(round)));
    }
  }
  const auto n = static_cast<double>(size);
  std::cout << "  {\"credentials\": " << size << ", \"accounts\": " << population.accounts
            << ", \"load_seconds\": " << population.load_seconds
            << ",\n   \"table_bytes_per_credential\": " << static_cast<double>(index_bytes) / n
            << ", \"resident_bytes_per_credential\": "
            << static_cast<double>(population.credential_bytes) / n
            << ", \"resident_bytes_per_account\": "
            << static_cast<double>(population.account_bytes) /
                   static_cast<double>(population.accounts)
            << ",\n   \"floor_ns\": {" << Spread("cache_miss", misses) << ", "
            << Spread("sha256_block", digests) << "}, \"walked_to\": " << floor.at()
            << ",\n   \"rows_ns\": [";
  for (const Row& row : rows) {
    std::vector<double> medians;
    std::vector<double> p99s;
    std::vector<double> means;
    for (const Sample& sample : row.rounds) {
      medians.push_back(sample.median);
      p99s.push_back(sample.p99);
      means.push_back(sample.mean);
    }
    std::cout << (&row == rows.data() ? "\n" : ",\n") << "    {\"row\": \"" << row.name << "\", "
              << Spread("p50", medians) << ", " << Spread("p99", p99s) << ", "
              << Spread("mean", means) << '}';
  }
  std::cout << "]}";
}

int Main(std::span<char*> arguments) {
  bool quick = false;
  std::vector<std::size_t> sizes;
  std::size_t accounts = 0;  // One for each hundred credentials.
  for (const std::string_view argument : arguments.subspan(1)) {
    constexpr std::string_view kSize = "--size=";
    constexpr std::string_view kAccounts = "--accounts=";
    if (argument == "--quick") quick = true;
    if (argument.starts_with(kAccounts)) {
      accounts = std::strtoull(argument.substr(kAccounts.size()).data(), nullptr, 10);
    }
    if (argument.starts_with(kSize)) {
      sizes.push_back(std::strtoull(argument.substr(kSize.size()).data(), nullptr, 10));
    }
  }
  if (sizes.empty())
    sizes = quick ? std::vector<std::size_t>{1'000'000}
                  : std::vector<std::size_t>{1'000'000, 10'000'000};
  const std::size_t rounds = quick ? 3 : 7;
  const std::size_t batches = quick ? 256 : 1024;
  std::cout << "{\"rounds\": " << rounds << ", \"decisions_per_round\": " << batches * kBatch
            << ", \"clock_ns\": " << MeasureClock() << ", \"sizes\": [\n";
  for (const std::size_t size : sizes) {
    if (size != sizes.front()) std::cout << ",\n";
    Measure(size, accounts, rounds, batches);
  }
  std::cout << "]}\n";
  return 0;
}

}  // namespace
}  // namespace latchkey

int main(int argc, char** argv) { return latchkey::Main({argv, static_cast<std::size_t>(argc)}); }
