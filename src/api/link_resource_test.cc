#include "api/link_resource.h"

#include <gtest/gtest.h>

#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class LinkResourceTest : public testing::Test {
 protected:
  FakeAnswer Post(const std::string& target, std::string body) {
    return world_.Send({.method = "POST",
                        .target = target,
                        .fields = {{"X-Latchkey-Csrf", "1"}, {"Content-Type", "application/json"}},
                        .body = std::move(body)});
  }
  std::string MakeLink(std::string_view username) {
    const auto account = world_.installation().directory->FindAccountByName(username);
    const NewLink link = Must(world_.installation().links->Make(LinkKind::kInvitation, account->id,
                                                                MemoryInstallation::kCommandLine));
    return std::string{link.text.Expose()};
  }
  FakeAnswer Accept(const std::string& link, const std::string& password) {
    return Post("/api/v1/links/accept",
                R"({"link":")" + link + R"(","password":")" + password + R"("})");
  }

  World world_;
};

TEST_F(LinkResourceTest, SaysWhatItIsForAndWorksOnce) {
  const std::string link = MakeLink("bob");
  const Json view = Post("/api/v1/links/inspect", R"({"link":")" + link + R"("})").json();
  EXPECT_EQ(view["kind"], "invitation");
  EXPECT_EQ(view["username"], "bob");
  EXPECT_EQ(Accept(link, "short").status, 422);
  const FakeAnswer accepted = Accept(link, "correct horse battery");
  EXPECT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(accepted.json()["account"]["username"], "bob");
  EXPECT_EQ(Accept(link, "correct horse battery").status, 404);
}

TEST_F(LinkResourceTest, KnowsNoOthers) {
  for (const std::string& link :
       {std::string{}, std::string{"x"}, MakeLink("bob").substr(0, 17) + std::string(22, '0')}) {
    const FakeAnswer answer = Post("/api/v1/links/inspect", R"({"link":")" + link + R"("})");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.json()["type"], "urn:latchkey:problem:link-over");
  }
}

TEST_F(LinkResourceTest, AskingForOneTellsNothing) {
  for (const char* user : {"bob", "nobody"}) {
    const FakeAnswer answer =
        Post("/api/v1/password-reset", R"({"user":")" + std::string{user} + R"("})");
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "{}");
  }
}

TEST_F(LinkResourceTest, AnInvitedAccountShowsItsLinkOnce) {
  const std::string ann = world_.SignIn("ann");
  const FakeAnswer made = world_.AsPerson(ann, "POST", "/api/v1/admin/accounts",
                                          R"({"email":"eve@example.org","username":"eve"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto url = made.json()["link"].get<std::string>();
  EXPECT_TRUE(url.starts_with("https://git.example.org/link#"));
  EXPECT_EQ(Accept(url.substr(url.find('#') + 1), "correct horse battery").status, 200);
}

}  // namespace
}  // namespace latchkey::api
