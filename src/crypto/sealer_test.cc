#include "crypto/sealer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using enum Error::Code;

/// The fields that a credential's record has, in miniature.
struct Fields {
  std::string id = "9fK2mQ7LwXc";
  std::string account = "3f1c";
  std::string scopes = "read:repository:bitbucket";
  std::uint64_t expires_at = 1806451200000;
  std::uint64_t version = 1;
};

AssociatedData DataOf(const Fields& fields) {
  AssociatedData data;
  data.Add(fields.id).Add(fields.account).Add(fields.scopes);
  data.Add(fields.expires_at).Add(fields.version);
  return data;
}

class SealerTest : public ::testing::Test {
 protected:
  static Sealer MakeSealer(std::uint64_t seed) {
    ScriptedRandom random{seed};
    return Sealer{std::move(*Keyring::Generate(random, ManualClock::kStart))};
  }

  Seal Closed(const Fields& fields = {}) {
    Result<Seal> seal = sealer_.Close(plain_, DataOf(fields), random_);
    EXPECT_THAT(seal, IsOk());
    return std::move(*seal);
  }

  /// Whether it opens to what was sealed. What does not open must leave nothing in `plain`.
  bool Opens(const Seal& seal, const Fields& fields = {}) const {
    Digest plain = Sha256("something that was there before");
    const Result<void> opened = sealer_.Open(seal, DataOf(fields), plain);
    if (opened) {
      EXPECT_EQ(plain, plain_);
      return true;
    }
    EXPECT_EQ(opened.error().code, kTampered);
    EXPECT_EQ(plain, Digest{});
    return false;
  }

  ScriptedRandom random_{2};
  Sealer sealer_ = MakeSealer(1);
  const Digest plain_ = Sha256("a credential");
};

TEST_F(SealerTest, OpensATextWhoseSizeNobodyKnew) {
  for (const std::string& text : {std::string{}, std::string{"a"}, std::string(100'000, 'x')}) {
    const Result<Seal> seal = sealer_.Close(AsBytes(text), DataOf({}), random_);
    ASSERT_THAT(seal, IsOk());
    const Result<SecretString> opened = sealer_.OpenText(*seal, DataOf({}));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(opened->Expose(), text);
    EXPECT_THAT(sealer_.OpenText(*seal, DataOf({.version = 2})), FailsWith(kTampered));
    Seal cut = *seal;
    cut.pop_back();
    EXPECT_THAT(sealer_.OpenText(cut, DataOf({})), FailsWith(kTampered));
  }
  EXPECT_THAT(sealer_.OpenText({}, DataOf({})), FailsWith(kTampered));
}

TEST_F(SealerTest, OpensWhatItClosed) {
  const Seal seal = Closed();
  EXPECT_EQ(seal.size(), 4 + 24 + 32 + 16U);
  EXPECT_TRUE(Opens(seal));
}

TEST_F(SealerTest, HidesWhatItClosed) {
  const Seal seal = Closed();
  EXPECT_TRUE(std::ranges::search(seal, std::span{plain_}.first(8)).empty());
}

TEST_F(SealerTest, RefusesEachFlippedBit) {
  const Seal seal = Closed();
  for (std::size_t bit = 0; bit < seal.size() * 8; ++bit) {
    Seal flipped = seal;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_FALSE(Opens(flipped)) << "bit " << bit;
  }
}

TEST_F(SealerTest, RefusesEachChangedField) {
  const Seal seal = Closed();
  const std::vector<Fields> changed{
      {.id = "9fK2mQ7LwXd"},
      {.account = "3f1d"},
      {.scopes = "write:repository:bitbucket"},
      {.scopes = ""},
      {.scopes = "read:repository:bitbucket,write:repository:bitbucket"},
      {.expires_at = 1806451200001},
      {.expires_at = 0},
      {.version = 2},
  };
  for (std::size_t i = 0; i < changed.size(); ++i) EXPECT_FALSE(Opens(seal, changed[i])) << i;
}

TEST_F(SealerTest, RefusesASealOfAnotherRecord) {
  const Fields other{.id = "0123456789A"};
  const Seal seal = Closed(other);
  EXPECT_TRUE(Opens(seal, other));
  EXPECT_FALSE(Opens(seal));
}

TEST_F(SealerTest, RefusesOtherSizes) {
  const Seal seal = Closed();
  for (std::size_t size = 0; size < seal.size(); ++size) {
    EXPECT_FALSE(Opens(Seal(seal.begin(), seal.begin() + static_cast<std::ptrdiff_t>(size))))
        << size;
  }
  Seal longer = seal;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(Opens(longer));

  std::array<std::byte, 31> shorter_plain{};
  EXPECT_THAT(sealer_.Open(seal, DataOf({}), shorter_plain), FailsWith(kTampered));
  std::array<std::byte, 33> longer_plain{};
  EXPECT_THAT(sealer_.Open(seal, DataOf({}), longer_plain), FailsWith(kTampered));
}

TEST_F(SealerTest, AnotherRingWithTheSameNumbersOpensNothing) {
  const Seal seal = Closed();
  Digest plain{};
  EXPECT_THAT(MakeSealer(99).Open(seal, DataOf({}), plain), FailsWith(kTampered));
}

TEST_F(SealerTest, OldRecordsOpenAsLongAsTheirKeyIsInTheRing) {
  ScriptedRandom key_random{1};
  Result<Keyring> ring = Keyring::Generate(key_random, ManualClock::kStart);
  ASSERT_THAT(ring, IsOk());
  const Seal old_seal = Closed();  // Under the same first key, since the seed is the same.
  ASSERT_THAT(ring->Rotate(key_random, ManualClock::kStart), IsOk());
  const Sealer rotated{std::move(*ring)};

  Digest plain{};
  EXPECT_THAT(rotated.Open(old_seal, DataOf({}), plain), IsOk());
  EXPECT_EQ(plain, plain_);
  EXPECT_EQ(Sealer::KeyNumber(old_seal), 1U);

  const Result<Seal> new_seal = rotated.Close(plain_, DataOf({}), random_);
  ASSERT_THAT(new_seal, IsOk());
  EXPECT_EQ(Sealer::KeyNumber(*new_seal), 2U);
  EXPECT_THAT(rotated.Open(*new_seal, DataOf({}), plain), IsOk());
  EXPECT_FALSE(Opens(*new_seal)) << "a ring without key 2 opened it";
}

TEST_F(SealerTest, AnEmptyTextIsOnlyAuthenticated) {
  const Result<Seal> seal = sealer_.Close({}, DataOf({}), random_);
  ASSERT_THAT(seal, IsOk());
  EXPECT_EQ(seal->size(), 4 + 24 + 16U);
  EXPECT_THAT(sealer_.Open(*seal, DataOf({}), {}), IsOk());
  EXPECT_THAT(sealer_.Open(*seal, DataOf({.version = 2}), {}), FailsWith(kTampered));
  EXPECT_FALSE(Opens(*seal));
}

TEST_F(SealerTest, NoNonceServesTwice) {
  std::set<Seal> nonces;
  for (int i = 0; i < 1000; ++i) {
    const Seal seal = Closed();
    EXPECT_TRUE(nonces.emplace(seal.begin() + 4, seal.begin() + 28).second);
  }
}

TEST_F(SealerTest, AFailingGeneratorSealsNothing) {
  random_.FailOnCall(1);
  EXPECT_THAT(sealer_.Close(plain_, DataOf({}), random_), FailsWith(kUnavailable));
}

TEST_F(SealerTest, KeyNumberIsBigEndianAndZeroForWhatIsTooShort) {
  Seal seal(4 + 24 + 16);
  seal[0] = std::byte{1};
  seal[1] = std::byte{2};
  seal[2] = std::byte{3};
  seal[3] = std::byte{4};
  EXPECT_EQ(Sealer::KeyNumber(seal), 0x01020304U);
  seal.pop_back();
  EXPECT_EQ(Sealer::KeyNumber(seal), 0U);
  EXPECT_EQ(Sealer::KeyNumber({}), 0U);
}

std::string Joined(const std::vector<std::string>& fields) {
  AssociatedData data;
  for (const std::string& field : fields) data.Add(field);
  return std::string{data.bytes()};
}

TEST(AssociatedDataTest, NoTwoListsOfFieldsHaveOneEncoding) {
  const std::vector<std::vector<std::string>> lists{
      {},
      {""},
      {"", ""},
      {"ab", "c"},
      {"a", "bc"},
      {"abc"},
      {"abc", ""},
      {"", "abc"},
      {"a", "b", "c"},
      {std::string(8, '\0')},
      {std::string(8, '\0'), std::string(8, '\0')},
      {std::string(16, '\0')},
  };
  std::set<std::string> encodings;
  for (const auto& list : lists) EXPECT_TRUE(encodings.insert(Joined(list)).second);
}

TEST(AssociatedDataTest, PutsALengthOfEightBytesInFront) {
  EXPECT_EQ(Joined({"ab"}), (std::string{"\0\0\0\0\0\0\0\x02"
                                         "ab",
                                         10}));
  AssociatedData number;
  number.Add(std::uint64_t{0x0102030405060708});
  EXPECT_EQ(number.bytes(),
            (std::string_view{"\0\0\0\0\0\0\0\x08\x01\x02\x03\x04\x05\x06\x07\x08", 16}));
}

}  // namespace
}  // namespace latchkey
