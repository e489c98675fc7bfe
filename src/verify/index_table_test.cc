#include "verify/index_table.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

CredentialFacts Facts(std::uint64_t id, unsigned char fill = 1) {
  Digest digest;
  digest.fill(std::byte{fill});
  return {.id = CredentialId{id},
          .digest = digest,
          .kind = CredentialKind::kApiToken,
          .account = 3,
          .grants = 4,
          .expires_at = std::nullopt,
          .revoked_at = std::nullopt};
}

std::optional<CredentialFacts> Find(const IndexTable& table, std::uint64_t id) {
  return table.Find(CredentialId{id}, HashOf(CredentialId{id}));
}

void ExpectSame(const CredentialFacts& found, const CredentialFacts& want) {
  EXPECT_EQ(found.id, want.id);
  EXPECT_EQ(found.digest, want.digest);
  EXPECT_EQ(found.kind, want.kind);
  EXPECT_EQ(found.account, want.account);
  EXPECT_EQ(found.grants, want.grants);
  EXPECT_EQ(found.expires_at, want.expires_at);
  EXPECT_EQ(found.revoked_at, want.revoked_at);
}

TEST(IndexTableTest, KeepsEachField) {
  const Instant first{};
  const Instant last = ParseInstant("9999-12-31T23:59:59.999Z").value();
  std::vector<CredentialFacts> all;
  for (const std::optional<Instant> expires : {std::optional<Instant>{}, {first}, {last}}) {
    for (const std::optional<Instant> revoked : {std::optional<Instant>{}, {first}, {last}}) {
      for (const auto kind : {CredentialKind::kApiToken, CredentialKind::kAppPassword}) {
        CredentialFacts facts = Facts(all.size(), static_cast<unsigned char>(all.size()));
        facts.kind = kind;
        facts.expires_at = expires;
        facts.revoked_at = revoked;
        facts.account = 0xFFFFFFFF;
        facts.grants = static_cast<std::uint32_t>(all.size());
        all.push_back(facts);
      }
    }
  }
  IndexTable table{all.size()};
  for (const CredentialFacts& facts : all) table.Insert(facts);
  for (const CredentialFacts& facts : all) {
    const std::optional<CredentialFacts> found = Find(table, facts.id.value());
    ASSERT_TRUE(found);
    ExpectSame(*found, facts);
  }
}

TEST(IndexTableTest, HoldsWhatItWasMadeForAtThreeQuarters) {
  for (const std::size_t size : {1U, 5U, 6U, 7U, 48U, 1000U, 1001U}) {
    IndexTable table{size};
    for (std::uint64_t id = 0; id < size; ++id) {
      ASSERT_FALSE(table.full()) << size << " " << id;
      table.Insert(Facts(id));
    }
    EXPECT_LE(size * 4, table.capacity() * 3);
    EXPECT_LE(table.capacity(), std::max<std::size_t>(8, size * 4 / 3 + 3));
    for (std::uint64_t id = 0; id < size; ++id) ASSERT_TRUE(Find(table, id));
    EXPECT_FALSE(Find(table, size));
  }
}

TEST(IndexTableTest, RevokesInPlaceAndChangesNothingElseThere) {
  IndexTable table{8};
  table.Insert(Facts(1));
  const std::size_t slot = table.SlotOf(CredentialId{1}).value();
  EXPECT_TRUE(table.UpdateInPlace(slot, Facts(1))) << "nothing to change";
  CredentialFacts facts = Facts(1);
  facts.revoked_at = ParseInstant("2026-11-24T09:00:00.123Z").value();
  EXPECT_TRUE(table.UpdateInPlace(slot, facts));
  ExpectSame(Find(table, 1).value(), facts);
  CredentialFacts other = facts;
  other.expires_at = facts.revoked_at;
  EXPECT_FALSE(table.UpdateInPlace(slot, other));
  other = facts;
  other.grants = 5;
  EXPECT_FALSE(table.UpdateInPlace(slot, other));
  other = facts;
  other.digest[31] = std::byte{9};
  EXPECT_FALSE(table.UpdateInPlace(slot, other));
  ExpectSame(Find(table, 1).value(), facts);
}

TEST(IndexTableTest, AReplacementIsFoundBehindTheDeadSlot) {
  IndexTable table{8};
  table.Insert(Facts(1, 1));
  const std::size_t old = table.SlotOf(CredentialId{1}).value();
  table.Insert(Facts(1, 2));
  EXPECT_EQ(Find(table, 1)->digest, Facts(1, 1).digest) << "the old one, until it dies";
  table.Kill(old);
  EXPECT_EQ(Find(table, 1)->digest, Facts(1, 2).digest);
  table.Kill(table.SlotOf(CredentialId{1}).value());
  EXPECT_FALSE(Find(table, 1));
  EXPECT_FALSE(table.SlotOf(CredentialId{1}));
}

TEST(IndexTableTest, LeadsToTheNextOne) {
  IndexTable table{8};
  EXPECT_EQ(table.next(), nullptr);
  const IndexTable next{8};
  table.SetNext(&next);
  EXPECT_EQ(table.next(), &next);
}

}  // namespace
}  // namespace latchkey
