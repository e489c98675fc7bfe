#include "client/place.h"

#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace latchkey::client {
namespace {

TEST(PlaceTest, ReadsAddresses) {
  const Result<Place> place = ParsePlace("HTTPS://Git.Example.org:443/Team/");
  ASSERT_THAT(place, IsOk());
  EXPECT_EQ(*place, (Place{.scheme = "https", .host = "git.example.org", .path = "Team"}));
  EXPECT_EQ(FormatPlace(*place), "https://git.example.org/Team");
  EXPECT_EQ(FormatPlace(*ParsePlace("https://h:8443")), "https://h:8443");
  EXPECT_EQ(FormatPlace(*ParsePlace("http://[::1]:8080/a/b.git")), "http://[::1]:8080/a/b.git");
}

TEST(PlaceTest, RefusesWhatWouldLeakOrMislead) {
  for (const char* url :
       {"", "git.example.org", "ftp://h", "http://git.example.org", "http://localhost.evil.example",
        "https://", "https:///p", "https://user@h", "https://u:p@h/x", "https://h/a?b",
        "https://h/#f", "https://h/../x", "https://h/a/./b", "https://h\n", "https://h/a b",
        "https://:443", "https://h\\@evil"}) {
    EXPECT_THAT(ParsePlace(url), FailsWith(Error::Code::kInvalidArgument)) << url;
  }
}

struct CoverCase {
  const char* login;
  const char* asked;
  bool covers;
};

TEST(PlaceTest, CoversByWholeSegments) {
  for (const CoverCase& each : {CoverCase{"https://h", "https://h/ws/r.git", true},
                                {"https://h", "https://h", true},
                                {"https://h/ws", "https://h/ws/r.git", true},
                                {"https://h/ws", "https://h/ws", true},
                                {"https://h/ws", "https://h/wsx/r.git", false},
                                {"https://h/ws", "https://h", false},
                                {"https://h", "https://h:8443/x", false},
                                {"https://localhost", "http://localhost/x", false},
                                {"https://h", "https://h.evil", false}}) {
    EXPECT_EQ(Covers(*ParsePlace(each.login), *ParsePlace(each.asked)), each.covers)
        << each.login << " " << each.asked;
  }
}

}  // namespace
}  // namespace latchkey::client
