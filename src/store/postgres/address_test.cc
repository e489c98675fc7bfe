#include "store/postgres/address.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "testing/matchers.h"

namespace latchkey::postgres {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(AddressTest, TakesBothFormsAndAddsItsDefaults) {
  for (const char* text :
       {"postgresql://ana:hidden@a,b:5433/keys", "user=ana password=hidden host=a,b dbname=keys"}) {
    const Result<Address> address = Address::Parse(text);
    ASSERT_THAT(address, IsOk()) << text;
    EXPECT_THAT(
        address->values(),
        AllOf(Contains(Pair("host", "a,b")), Contains(Pair("password", "hidden")),
              Contains(Pair("connect_timeout", "3")), Contains(Pair("tcp_user_timeout", "5000")),
              Contains(Pair("target_session_attrs", "read-write")),
              Contains(Pair("client_encoding", "UTF8"))));
    EXPECT_THAT(address->shown(), AllOf(HasSubstr("ana@a,b"), HasSubstr("/keys")));
    EXPECT_THAT(address->shown(), Not(HasSubstr("hidden")));
  }
}

TEST(AddressTest, LeavesWhatTheOperatorSaid) {
  const Result<Address> address = Address::Parse(
      "postgresql://a/keys?connect_timeout=9&client_encoding=LATIN1&application_name=mine");
  ASSERT_THAT(address, IsOk());
  EXPECT_THAT(address->values(), AllOf(Contains(Pair("connect_timeout", "9")),
                                       Contains(Pair("application_name", "mine")),
                                       Contains(Pair("client_encoding", "UTF8"))));
  EXPECT_EQ(std::ranges::count(address->values(), "client_encoding",
                               [](const auto& value) { return value.first; }),
            1);
}

// A character of a password that was not encoded, or a wrong word beside it.
TEST(AddressTest, RefusesWithoutRepeatingIt) {
  for (const char* text : {"postgresql://ana:hid/den@a/keys", "postgresql://ana:hid@den@a/keys",
                           "postgresql://ana:12/hidden@a/keys", "user=ana pasword=hidden", "hidden",
                           "postgresql://ana:hid%zzden@a/keys", "user=ana password='hidden"}) {
    const Result<Address> address = Address::Parse(text);
    ASSERT_THAT(address, FailsWith(Error::Code::kInvalidArgument)) << text;
    EXPECT_THAT(Describe(address.error()), AllOf(Not(HasSubstr("hid")), Not(HasSubstr("den@"))))
        << text;
  }
  EXPECT_THAT(Address::Parse(std::string_view{"host=a\0host=b", 13}),
              FailsWith(Error::Code::kInvalidArgument));
}

TEST(AddressTest, TakesItsPasswordOutOfAMessage) {
  const Result<Address> address = Address::Parse("host=a password=abc");
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->WithoutPassword("no abc, and abcabc"), "no ***, and ******");
  EXPECT_EQ(Address::Parse("host=a")->WithoutPassword("as it was"), "as it was");
}

}  // namespace
}  // namespace latchkey::postgres
