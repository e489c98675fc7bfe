// Readers, a writer and reclamation at once. LATCHKEY_STRESS_SECONDS says how long (default 1);
// under the thread sanitizer this is the proof that readers need no lock.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "catalogue/loader.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey {
namespace {

constexpr std::uint64_t kStanding = 2'000;   // Always there, and changed all the time.
constexpr std::uint64_t kPassing = 200'000;  // Come and go, so that tables grow and are copied.
constexpr std::uint64_t kAccounts = 50;

std::chrono::seconds Length() {
  const char* seconds = std::getenv("LATCHKEY_STRESS_SECONDS");
  return std::chrono::seconds{seconds == nullptr ? 1 : std::atoi(seconds)};
}

/// Every byte of a digest is this, so that a torn one is seen.
std::byte FillOf(std::uint64_t id, std::uint64_t version) {
  return static_cast<std::byte>((id * 7 + version * 13) % 251);
}

class IndexStressTest : public testing::Test {
 protected:
  IndexStressTest() {
    for (std::uint64_t i = 0; i < kAccounts; ++i) PutAccount(i, AccountState::kActive);
    for (std::uint64_t id = 0; id < kStanding; ++id) PutVersion(id, 0);
  }

  void PutAccount(std::uint64_t number, AccountState state) {
    Account account;
    account.id = "account-" + std::to_string(number);
    account.username = "user-" + std::to_string(number);
    account.email = account.username + "@example.com";
    account.state = state;
    directory_.Put(account);
  }

  /// Digest, expiry, grants and revocation all follow from id and version.
  void PutVersion(std::uint64_t id, std::uint64_t version) {
    Digest digest;
    digest.fill(FillOf(id, version));
    IndexEntry entry{
        .id = CredentialId{id},
        .digest = digest,
        .kind = CredentialKind::kApiToken,
        .account = "account-" + std::to_string(id % kAccounts),
        .catalogue = catalogue_,
        .grants = {version % 2 == 0 ? "read:repository:bitbucket" : "write:repository:bitbucket"},
        .expires_at = Instant{std::chrono::milliseconds{version}},
        .revoked_at = std::nullopt};
    index_.Put(entry);
  }

  void Write() {
    for (std::uint64_t round = 1; !done_; ++round) {
      for (std::uint64_t i = 0; i < kPassing && !done_; ++i) {
        const std::uint64_t id = kStanding + i;
        if (round % 2 == 1) {
          PutVersion(id, round);
        } else {
          index_.Remove(CredentialId{id});
        }
        PutVersion(i % kStanding, round * kPassing + i);
        if (i % 1000 == 0) ReplaceOthers(i);
        ++writes_;
      }
    }
  }

  void ReplaceOthers(std::uint64_t i) {
    const bool suspend = i % 2000 == 0;
    PutAccount(i / 1000 % kAccounts, suspend ? AccountState::kSuspended : AccountState::kActive);
    index_.ReplaceCatalogue(kBitbucketApp, std::make_shared<const Catalogue>(*catalogue_));
  }

  /// What a reader finds of a standing credential is one version of it, whole; and it finds one.
  void ReadOne(std::uint64_t id) {
    const EpochDomain::Guard guard = directory_.epochs().Enter();
    const std::optional<CredentialFacts> facts = index_.Lookup(guard, CredentialId{id});
    if (!facts) {
      missed_ += id < kStanding ? 1U : 0U;
      return;
    }
    const auto version = static_cast<std::uint64_t>(facts->expires_at->time_since_epoch().count());
    Digest want;
    want.fill(FillOf(id, version));
    const AccountStanding standing = directory_.StandingAt(guard, facts->account);
    const AccountRef account = directory_.AccountAt(guard, facts->account);
    const GrantData& grants = index_.GrantsOf(guard, *facts);
    const bool whole =
        facts->id.value() == id && facts->digest == want && standing != AccountStanding::kNone &&
        account->id == "account-" + std::to_string(id % kAccounts) &&
        grants.names ==
            (version % 2 == 0 ? "read:repository:bitbucket" : "write:repository:bitbucket") &&
        grants.catalogue->app() == kBitbucketApp;
    torn_ += whole ? 0U : 1U;
  }

  void Read(std::uint64_t seed) {
    std::uint64_t state = seed;
    while (!done_) {
      for (int i = 0; i < 1000; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const std::uint64_t drawn = state >> 33U;
        ReadOne(drawn % 2 == 0 ? drawn / 2 % kStanding : drawn / 2 % (kStanding + kPassing));
        usage_.Note(CredentialId{drawn % 5000}, Instant{}, "192.0.2.1", "stress");
      }
      reads_ += 1000;
    }
  }

  Catalogues catalogues_ = LoadBuiltInCatalogues().value();
  std::shared_ptr<const Catalogue> catalogue_{std::shared_ptr<const void>{},
                                              catalogues_.Find(kBitbucketApp)};
  Directory directory_;
  Index index_{directory_};
  UsageRecorder usage_{{.notes_max = 1000, .texts_max = 10'000, .tables_max = 8}};
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> reads_{0};
  std::atomic<std::uint64_t> writes_{0};
  std::atomic<std::uint64_t> missed_{0};
  std::atomic<std::uint64_t> torn_{0};
};

TEST_F(IndexStressTest, ReadersAlwaysFindOneWholeVersion) {
  std::uint64_t noted = 0;
  const auto collect = [&] {
    const UsageReport report = usage_.Collect();
    for (const CredentialUse& use : report.uses()) noted += use.count;
  };
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([this] { Write(); });
    for (std::uint64_t i = 1; i <= 3; ++i) threads.emplace_back([this, i] { Read(i); });
    const auto end = std::chrono::steady_clock::now() + Length();
    while (std::chrono::steady_clock::now() < end) {
      // A thread that comes and goes takes slots and gives them back.
      std::thread{[this] { ReadOne(1); }}.join();
      collect();
    }
    done_ = true;
  }
  collect();
  EXPECT_EQ(missed_, 0U);
  EXPECT_EQ(torn_, 0U);
  EXPECT_EQ(noted, reads_);
  EXPECT_GT(reads_, 0U);
  EXPECT_GT(writes_, 0U);
  directory_.epochs().Reclaim();
  EXPECT_EQ(directory_.epochs().retired(), 0U) << "no guard is left";
  RecordProperty("reads", std::to_string(reads_));
  RecordProperty("writes", std::to_string(writes_));
  std::cout << reads_ << " reads, " << writes_ << " rounds of writes\n";
}

}  // namespace
}  // namespace latchkey
