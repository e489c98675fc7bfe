// Fills a data directory with very many credentials, for what is measured with them.
//
//     make_credentials_bench DIRECTORY COUNT SAMPLES FILE APP SCOPE…
//
// Everything that a start reads is as if they had been issued one by one: sealed records, change
// lines, the chained journal; only the transactions are larger, and ids ascend within a million, so
// that the database's pages are written a few times and not once for each. Every account has a
// hundred credentials; all of these have the first scope, and some the others. The texts of SAMPLES
// of them, evenly spread, go to FILE, one a line. The server is not running meanwhile.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "authority/reconcile.h"
#include "authority/record_sealer.h"
#include "base/clock.h"
#include "credential/credential.h"
#include "crypto/mac.h"
#include "crypto/system_random.h"
#include "server/installation.h"

namespace latchkey::server {
namespace {

constexpr std::size_t kPerAccount = 100;
constexpr std::size_t kBatch = 20'000;
constexpr std::size_t kChunk = 1'000'000;
constexpr std::size_t kLineSizeMax = 2048;

[[noreturn]] void Die(const std::string& why) {
  std::cerr << "make_credentials_bench: " << why << '\n';
  std::exit(1);
}

template <typename T>
T Must(Result<T> result) {
  if (!result) Die(Describe(result.error()));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::size_t ParseCount(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    Die("not a number: " + std::string{text});
  }
  return value;
}

struct Minted {
  CredentialId id{0};
  Digest digest{};
};

class Maker {
 public:
  Maker(OpenedFiles& files, std::size_t samples_every, std::ofstream& samples, std::string app,
        std::vector<std::string> scopes)
      : files_(files),
        sealer_(files.sealer, random_),
        agreement_(Must(Reconcile(files.books()))),
        samples_every_(samples_every),
        samples_(samples),
        app_(std::move(app)),
        scopes_(std::move(scopes)) {}

  void Run(std::size_t count) {
    MakeAccounts(std::max<std::size_t>(count / kPerAccount, 1));
    for (std::size_t begin = 0; begin < count; begin += kChunk) {
      MakeChunk(begin, std::min(kChunk, count - begin));
    }
  }

 private:
  void MakeAccounts(std::size_t count) {
    std::vector<Write> writes;
    for (std::size_t i = 0; i < count; ++i) {
      std::array<std::byte, 16> bytes{};
      Must(random_.Fill(bytes));
      const std::string username = "bench-" + std::to_string(i);
      AccountRecord record{.value = {.id = FormatHex(bytes),
                                     .email = username + "@example.com",
                                     .username = username,
                                     .display_name = username,
                                     .password_hash = {},
                                     .created_at = now_},
                           .version = 1,
                           .seal = {}};
      accounts_.push_back(record.value.id);
      Must(sealer_.Authenticate(record));
      writes.push_back(
          {.record = std::move(record), .info = InfoOf("account.create"), .claim = {}});
      if (writes.size() == kBatch || i + 1 == count) Commit(std::exchange(writes, {}));
    }
  }

  void MakeChunk(std::size_t first, std::size_t size) {
    std::vector<Minted> minted;
    minted.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      Credential credential = Must(Credential::Mint(CredentialKind::kApiToken, {}, random_));
      minted.push_back({.id = credential.id(), .digest = credential.ComputeDigest()});
      if ((first + i) % samples_every_ == 0) {
        samples_ << std::move(credential).Reveal().Expose() << '\n';
      }
    }
    std::ranges::sort(minted, {}, [](const Minted& one) { return one.id.value(); });
    const std::span<const Minted> all{minted};
    // The next batch is sealed while the one before it is written.
    std::future<std::vector<Write>> next = Seal(all.first(std::min(kBatch, size)), first);
    for (std::size_t done = 0; done < size; done += kBatch) {
      std::vector<Write> writes = next.get();
      if (const std::size_t begin = done + kBatch; begin < size) {
        next = Seal(all.subspan(begin, std::min(kBatch, size - begin)), first + begin);
      }
      Commit(std::move(writes));
    }
  }

  [[nodiscard]] std::future<std::vector<Write>> Seal(std::span<const Minted> batch,
                                                     std::size_t first) {
    return std::async(std::launch::async, [this, batch, first] {
      std::vector<Write> writes;
      writes.reserve(batch.size());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        writes.push_back({.record = MakeRecord(batch[i], first + i),
                          .info = InfoOf("credential.issue"),
                          .claim = {}});
      }
      return writes;
    });
  }

  [[nodiscard]] CredentialRecord MakeRecord(const Minted& minted, std::size_t number) const {
    CredentialRecord record{.id = minted.id,
                            .kind = CredentialKind::kApiToken,
                            .account = accounts_[number / kPerAccount % accounts_.size()],
                            .app = app_,
                            .grants = {scopes_.front()},
                            .name = "bench " + std::to_string(number),
                            .created_at = now_,
                            .expires_at = now_ + std::chrono::days{90},
                            .revoked_at = {},
                            .revoke_reason = {},
                            .version = 1,
                            .seal = {}};
    for (std::size_t i = 1; i < scopes_.size(); ++i) {
      if ((number >> (i - 1)) % 2 == 1) record.grants.push_back(scopes_[i]);
    }
    Must(sealer_.SealCredential(record, minted.digest));
    return record;
  }

  static ChangeInfo InfoOf(std::string action) {
    return {.action = std::move(action),
            .actor = "cli:bench",
            .origin = {},
            .request_id = {},
            .note = {}};
  }

  /// As the ledger does it: the database, then the journal.
  void Commit(std::vector<Write> writes) {
    Must(files_.journal->Reserve(writes.size() * kLineSizeMax));
    Ledger::Position& position = agreement_.position;
    Chain chain{files_.sealer.keyring().journal_key(), position.mac};
    ++position.batch;
    std::vector<ChangeLine> lines;
    lines.reserve(writes.size());
    const auto outcomes = Must(files_.store->Commit(writes, [&](const Write& write) {
      ChangeLine line{.seq = ++position.seq, .batch = position.batch, .text = {}, .mac = {}};
      line.text = files_.codec.Encode({.seq = line.seq,
                                       .batch = line.batch,
                                       .at = now_,
                                       .info = write.info,
                                       .record = write.record});
      line.mac = chain.Extend(line.text);
      return lines.emplace_back(std::move(line));
    }));
    for (const Result<void>& outcome : outcomes) Must(outcome);
    Must(files_.journal->Append(lines));
    position.mac = chain.last();
  }

  OpenedFiles& files_;
  SystemRandom random_;
  RecordSealer sealer_;
  Agreement agreement_;
  std::size_t samples_every_;
  std::ofstream& samples_;
  std::string app_;
  std::vector<std::string> scopes_;
  Instant now_ = SystemClock{}.Now();
  std::vector<AccountId> accounts_;
};

int Main(std::span<char*> arguments) {
  if (arguments.size() < 7) Die("DIRECTORY COUNT SAMPLES FILE APP SCOPE...");
  const std::size_t count = ParseCount(arguments[2]);
  const std::size_t samples = std::clamp<std::size_t>(ParseCount(arguments[3]), 1, count);
  std::ofstream file{arguments[4]};
  if (!file) Die("the file of samples cannot be written");
  Must(InitializeCrypto());
  Settings settings;
  settings.data = arguments[1];
  SystemRandom random;
  const SystemClock clock;
  OpenedFiles files = Must(OpenFiles(settings, random, clock));
  const std::span<char*> scopes = arguments.subspan(6);
  Maker{files,
        std::max<std::size_t>(count / samples, 1),
        file,
        arguments[5],
        {scopes.begin(), scopes.end()}}
      .Run(count);
  file.flush();
  if (!file) Die("the file of samples could not be written");
  return 0;
}

}  // namespace
}  // namespace latchkey::server

int main(int argc, char** argv) {
  return latchkey::server::Main({argv, static_cast<std::size_t>(argc)});
}
