#include "signin/device.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/keyring.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

TEST(DeviceTest, IsKnownForTheAccountThatItSignedInAlone) {
  ScriptedRandom random;
  const auto keyring = Keyring::Generate(random, ManualClock::kStart);
  ASSERT_THAT(keyring, IsOk());
  const SecretKey& key = keyring->journal_key();
  const auto made = MakeDevice(key, "ana", random);
  ASSERT_THAT(made, IsOk());
  const std::string value{made->Expose()};
  EXPECT_EQ(KnownDevice(key, "ana", value), value.substr(0, 16));
  EXPECT_EQ(KnownDevice(key, "bob", value), "");
  std::string changed = value;
  changed.front() = changed.front() == 'A' ? 'B' : 'A';
  for (const std::string& other :
       {std::string{}, changed, value.substr(0, 17), value + "0", std::string(81, '.')}) {
    EXPECT_EQ(KnownDevice(key, "ana", other), "") << other;
  }
}

}  // namespace
}  // namespace latchkey
