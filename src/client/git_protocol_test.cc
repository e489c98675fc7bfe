#include "client/git_protocol.h"

#include <gmock/gmock.h>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::client {
namespace {

using testing::ElementsAre;

constexpr Instant kEnd = ManualClock::kStart;

std::string AnswerTo(std::string_view question, bool api_token = true) {
  const Result<GitQuestion> parsed = ParseGitQuestion(question);
  const SecretString answer =
      FormatGitAnswer(*parsed, "x-token-auth", SecretString{"s3cret"}, api_token, std::nullopt);
  return std::string{answer.Expose()};
}

TEST(GitProtocolTest, ReadsWhatGitSends) {
  const Result<GitQuestion> question = ParseGitQuestion(
      "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=h:8443\npath=ws/r.git\n"
      "username=ana\npassword=a=b\nwwwauth[]=Bearer realm=\"x\"\nwwwauth[]=Basic realm=\"x\"\n"
      "password_expiry_utc=1\nfuture=x\n\nhost=after-the-end\n");
  ASSERT_THAT(question, IsOk());
  EXPECT_EQ(question->protocol, "https");
  EXPECT_EQ(question->host, "h:8443");
  EXPECT_EQ(question->path, "ws/r.git");
  EXPECT_EQ(question->username, "ana");
  EXPECT_EQ(question->secret->Expose(), "a=b");
  EXPECT_TRUE(question->knows_authtype);
  EXPECT_THAT(question->challenges, ElementsAre("Bearer realm=\"x\"", "Basic realm=\"x\""));
}

TEST(GitProtocolTest, AnEmptyValueEmptiesAList) {
  const Result<GitQuestion> question =
      ParseGitQuestion("wwwauth[]=Basic\r\nwwwauth[]=\r\nwwwauth[]=Bearer");
  EXPECT_THAT(question->challenges, ElementsAre("Bearer"));
}

TEST(GitProtocolTest, RefusesALineWithoutAKey) {
  const Result<GitQuestion> question = ParseGitQuestion("protocol=https\nhunter2\n");
  ASSERT_THAT(question, FailsWith(Error::Code::kMalformed));
  EXPECT_EQ(Describe(question.error()).find("hunter2"), std::string::npos);
}

TEST(GitProtocolTest, AnswersWithUserAndPassword) {
  EXPECT_EQ(AnswerTo("protocol=https\n"), "username=x-token-auth\npassword=s3cret\n");
  const Result<GitQuestion> question = ParseGitQuestion("");
  EXPECT_EQ(FormatGitAnswer(*question, "u", SecretString{"s"}, true, kEnd).Expose(),
            "username=u\npassword=s\npassword_expiry_utc=1795510800\n");
}

TEST(GitProtocolTest, AnswersWithBearerWhereGitAndServerKnowIt) {
  constexpr const char* kBearer = "capability[]=authtype\nauthtype=Bearer\ncredential=s3cret\n";
  constexpr const char* kBasic = "username=x-token-auth\npassword=s3cret\n";
  EXPECT_EQ(AnswerTo("capability[]=authtype\n"), kBearer);
  EXPECT_EQ(AnswerTo("capability[]=authtype\nwwwauth[]=bearer realm=\"x\"\n"), kBearer);
  EXPECT_EQ(AnswerTo("capability[]=authtype\nwwwauth[]=Basic realm=\"x\"\n"), kBasic);
  EXPECT_EQ(AnswerTo("capability[]=state\nwwwauth[]=Bearer\n"), kBasic);
  EXPECT_EQ(AnswerTo("capability[]=authtype\n", /*api_token=*/false), kBasic);
}

}  // namespace
}  // namespace latchkey::client
