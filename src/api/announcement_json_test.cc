#include "api/announcement_json.h"

#include <gtest/gtest.h>

#include "problem/json_text.h"
#include "testing/manual_clock.h"

namespace latchkey::api {
namespace {

std::string With(const Announcement& said, std::string body) {
  http::Response response;
  response.body = std::move(body);
  AddAnnouncement(said, response);
  return response.body;
}

TEST(AnnouncementJson, SaysWhereARevocationIsInForce) {
  const Announcement said{.effective_at = ManualClock::kStart,
                          .in_force_by = {},
                          .confirmed = {"a", "b"},
                          .fenced = {"c"}};
  const Json json = Json::parse(With(said, R"({"revoked":2})"));
  EXPECT_EQ(json["revoked"], 2);
  EXPECT_EQ(json["effective_at"], "2026-11-24T09:00:00Z");
  EXPECT_EQ(json["confirmed"], Json::parse(R"(["a","b"])"));
  EXPECT_EQ(json["fenced"], Json::parse(R"(["c"])"));
  EXPECT_FALSE(json.contains("in_force_by"));
}

TEST(AnnouncementJson, SaysByWhenWhereNobodyWaited) {
  const Announcement said{.effective_at = {}, .in_force_by = ManualClock::kStart};
  EXPECT_EQ(With(said, "{}"), FormatJson(Json{{"in_force_by", "2026-11-24T09:00:00Z"}}));
}

TEST(AnnouncementJson, LeavesEveryOtherBodyAsItIs) {
  const Announcement said{.effective_at = ManualClock::kStart, .in_force_by = {}};
  for (const char* body : {"", "[1]", "text", "{"}) EXPECT_EQ(With(said, body), body);
  EXPECT_EQ(With({}, "{ }"), "{ }") << "nothing to say";
}

}  // namespace
}  // namespace latchkey::api
