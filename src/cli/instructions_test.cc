#include "cli/instructions.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Instructions(const Json& issued) {
  CliWorld world;
  Session session{world.environment};
  std::ostringstream out;
  world.environment.output = &out;
  PrintInstructions(session, issued);
  return out.str();
}

Json Issued(bool api_token) {
  Json issued{{"id", "9fK2mQ7LwXc"},
              {"kind", api_token ? "api-token" : "app-password"},
              {"name", "ci"},
              {"account", "ana"},
              {"app", "bitbucket"},
              {api_token ? "scopes" : "permissions", {"one", "two"}},
              {"expires_at", api_token ? Json("2026-12-06T09:00:00Z") : Json(nullptr)},
              {"secret", "SECRET"},
              {api_token ? "basic_x_token_auth" : "basic_username", "BASIC"},
              {"public_url", "https://git.example.org"},
              {"can_clone", true},
              {"clone_url", "https://git.example.org/acme/site.git"}};
  return issued;
}

TEST(InstructionsTest, OfAnApiToken) {
  const std::string text = Instructions(Issued(/*api_token=*/true));
  for (const char* line :
       {"Created API token 9fK2mQ7LwXc \"ci\" for ana.\n", "scopes   one, two\n",
        "expires  2026-12-06 (in 12 days)\n", "\nSECRET\n",
        "    git clone https://x-token-auth@git.example.org/acme/site.git\n",
        "    git clone https://x-token-auth:SECRET@git.example.org/acme/site.git\n",
        "    curl -u x-token-auth https://git.example.org/api/v1/me\n",
        "    curl -H \"Authorization: Bearer SECRET\" https://git.example.org/api/v1/me\n",
        "    Authorization: Basic BASIC\n", "    export GIT_CONFIG_COUNT=1\n",
        "    export GIT_CONFIG_KEY_0=http.https://git.example.org/.extraHeader\n",
        "    export GIT_CONFIG_VALUE_0=\"Authorization: Bearer SECRET\"\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(InstructionsTest, OfAnAppPassword) {
  const std::string text = Instructions(Issued(/*api_token=*/false));
  for (const char* line :
       {"Created app password", "permissions  one, two\n", "expires      never\n",
        "    git clone https://ana@git.example.org/acme/site.git\n",
        "    git clone https://ana:SECRET@git.example.org/acme/site.git\n",
        "    curl -H \"Authorization: Basic BASIC\" https://git.example.org/api/v1/me\n",
        "    export GIT_CONFIG_VALUE_0=\"Authorization: Basic BASIC\"\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("Bearer")));
}

TEST(InstructionsTest, WithoutRepositoryTheCloneLineHasPlaceholders) {
  Json issued = Issued(/*api_token=*/true);
  issued["clone_url"] = nullptr;
  EXPECT_THAT(Instructions(issued),
              HasSubstr("git clone https://x-token-auth@git.example.org/WORKSPACE/REPO.git\n"));
}

TEST(InstructionsTest, NothingOfGitsForACredentialThatCannotClone) {
  for (const bool api_token : {true, false}) {
    Json issued = Issued(api_token);
    issued["can_clone"] = false;
    issued["clone_url"] = nullptr;
    const std::string text = Instructions(issued);
    EXPECT_THAT(text, Not(HasSubstr("git clone")));
    EXPECT_THAT(text, Not(HasSubstr("GIT_CONFIG")));
    EXPECT_THAT(text, HasSubstr("    curl -u "));
    EXPECT_THAT(text, HasSubstr("    curl -H \"Authorization: "));
    EXPECT_TRUE(text.ends_with("    Authorization: Basic BASIC\n"));
  }
}

}  // namespace
}  // namespace latchkey::cli
