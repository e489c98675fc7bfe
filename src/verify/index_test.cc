#include "verify/index.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "catalogue/loader.h"

namespace latchkey {
namespace {

constexpr std::uint64_t kSeed = 20261124;

class IndexTest : public testing::Test {
 protected:
  [[nodiscard]] IndexEntry Entry(std::uint64_t id, std::uint8_t fill = 1) const {
    Digest digest;
    digest.fill(std::byte{fill});
    return {.id = CredentialId{id},
            .digest = digest,
            .kind = CredentialKind::kApiToken,
            .account = "account-" + std::to_string(id % 7),
            .catalogue = bitbucket_,
            .grants = {"read:repository:bitbucket"},
            .expires_at = std::nullopt,
            .revoked_at = std::nullopt};
  }

  /// A fixed sequence that looks random. The constants are Knuth's.
  std::uint64_t Draw(std::uint64_t below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % below;
  }

  static void ExpectSame(const std::optional<IndexEntry>& found, const IndexEntry& want) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, want.id);
    EXPECT_EQ(found->digest, want.digest);
    EXPECT_EQ(found->kind, want.kind);
    EXPECT_EQ(found->account, want.account);
    EXPECT_EQ(found->catalogue, want.catalogue);
    EXPECT_EQ(found->grants, want.grants);
    EXPECT_EQ(found->expires_at, want.expires_at);
    EXPECT_EQ(found->revoked_at, want.revoked_at);
  }

  Catalogues catalogues_ = LoadBuiltInCatalogues().value();
  std::shared_ptr<const Catalogue> bitbucket_{std::shared_ptr<const void>{},
                                              catalogues_.Find(kBitbucketApp)};
  Directory directory_;
  Index index_{directory_};
  std::uint64_t state_ = kSeed;
};

TEST_F(IndexTest, IsEmptyAtFirst) {
  EXPECT_EQ(index_.size(), 0U);
  EXPECT_EQ(index_.memory_size(), 0U);
  EXPECT_FALSE(index_.Find(CredentialId{0}));
  index_.Remove(CredentialId{0});
  EXPECT_EQ(index_.size(), 0U);
}

TEST_F(IndexTest, GivesBackWhatWasPut) {
  IndexEntry entry = Entry(0);  // Zero is an id like any other.
  entry.kind = CredentialKind::kAppPassword;
  entry.grants = {"repository:write", "no-longer-known"};
  entry.expires_at = ParseInstant("2027-01-01T00:00:00Z").value();
  entry.revoked_at = ParseInstant("2026-12-01T00:00:00.5Z").value();
  index_.Put(entry);
  ExpectSame(index_.Find(CredentialId{0}), entry);
}

TEST_F(IndexTest, ForgetsThoseThatAreGone) {
  for (std::uint64_t id = 0; id < 1000; ++id) index_.Put(Entry(id));
  index_.RemoveIf([](CredentialId id) { return id.value() % 3 == 0; });
  EXPECT_EQ(index_.size(), 666U);
  for (std::uint64_t id = 0; id < 1000; ++id) {
    EXPECT_EQ(index_.Find(CredentialId{id}).has_value(), id % 3 != 0) << id;
  }
}

TEST_F(IndexTest, SharesGrantsAndFollowsTheirCatalogue) {
  index_.Put(Entry(1));
  index_.Put(Entry(2));
  const EpochDomain::Guard guard = directory_.epochs().Enter();
  const auto one = index_.Lookup(guard, CredentialId{1});
  const auto two = index_.Lookup(guard, CredentialId{2});
  EXPECT_EQ(&index_.GrantsOf(guard, *one), &index_.GrantsOf(guard, *two));
  const auto replaced = std::make_shared<const Catalogue>(*bitbucket_);
  index_.ReplaceCatalogue(kBitbucketApp, replaced);
  EXPECT_EQ(index_.GrantsOf(guard, *one).catalogue, replaced);
}

TEST_F(IndexTest, AgreesWithAMapOverManyRandomChanges) {
  // Few ids, so that each is put, replaced and removed many times; as many as make the tables grow
  // several times, and be copied while they change.
  constexpr std::uint64_t kIds = 20'000;
  constexpr std::uint64_t kSteps = 200'000;
  std::map<std::uint64_t, IndexEntry> model;
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    const std::uint64_t id = Draw(step % 1000 + kIds * step / kSteps + 1);
    const std::uint64_t what = Draw(10);
    if (what < 7) {
      IndexEntry entry = Entry(id, static_cast<std::uint8_t>(Draw(3)));
      if (what == 0) entry.revoked_at = Instant{std::chrono::milliseconds{Draw(1'000'000)}};
      if (what == 1) entry.expires_at = Instant{std::chrono::milliseconds{Draw(1'000'000)}};
      if (what == 2) entry.grants = {"write:repository:bitbucket"};
      index_.Put(entry);
      model.insert_or_assign(id, entry);
    } else if (what < 9) {
      index_.Remove(CredentialId{id});
      model.erase(id);
    }
    const std::uint64_t asked = Draw(kIds);
    const std::optional<IndexEntry> found = index_.Find(CredentialId{asked});
    ASSERT_EQ(found.has_value(), model.contains(asked)) << "seed " << kSeed << " step " << step;
    if (found) ExpectSame(found, model.at(asked));
    ASSERT_EQ(index_.size(), model.size()) << "seed " << kSeed << " step " << step;
  }
  for (const auto& [id, entry] : model) ExpectSame(index_.Find(CredentialId{id}), entry);
}

TEST_F(IndexTest, ChangingOneEntryForEverKeepsTheTablesSmall) {
  for (std::uint64_t id = 0; id < 100; ++id) index_.Put(Entry(id));
  const std::size_t before = index_.memory_size();
  for (int i = 0; i < 20'000; ++i) index_.Put(Entry(1, static_cast<std::uint8_t>(i % 2)));
  EXPECT_EQ(index_.size(), 100U);
  EXPECT_LE(index_.memory_size(), before * 2);
}

TEST(IndexReserveTest, MakesRoomThatLaterOnesFill) {
  Directory directory;
  Index index{directory};
  index.Reserve(100'000);
  const std::size_t reserved = index.memory_size();
  EXPECT_GE(reserved, 100'000 * IndexTable::kSlotSize);
  EXPECT_LT(reserved, 100'000 * IndexTable::kSlotSize * 2);
  EXPECT_EQ(index.size(), 0U);
  EXPECT_FALSE(index.Find(CredentialId{1}).has_value());
}

}  // namespace
}  // namespace latchkey
