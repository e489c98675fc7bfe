#include "client/server_api.h"

#include <gtest/gtest.h>

namespace latchkey::client {
namespace {

Refusal Read(int status, const char* type, const char* body) {
  return ReadRefusal(
      {.status = status, .date = {}, .content_type = type, .body = SecretString{body}});
}

TEST(ServerApiTest, ReadsEveryDialectOfNo) {
  const Refusal problem =
      Read(401, "application/problem+json",
           R"({"cause":"expired","detail":"It expired.","make_one":"https://h/n"})");
  EXPECT_EQ(problem.cause, "expired");
  EXPECT_EQ(problem.make_one, "https://h/n");
  EXPECT_EQ(Explain(problem), "It expired");
  EXPECT_TRUE(problem.is_final());
  const Refusal bitbucket = Read(
      403, "application/json; charset=utf-8",
      R"({"type":"error","error":{"message":"No.","detail":{"required":["a","b"],"granted":[]}}})");
  EXPECT_EQ(Explain(bitbucket), "No. It needs a and b");
  const Refusal git = Read(403, "text/plain", "needs write\nMake one that does: https://h/n?a=b\n");
  EXPECT_EQ(Explain(git), "needs write");
  EXPECT_EQ(git.make_one, "https://h/n?a=b");
}

TEST(ServerApiTest, WhatIsNotLatchkeysIsNeverFinal) {
  for (const char* body : {"", "<html>", "{", "[]", R"({"error":"x"})", R"({"cause":1})"}) {
    for (const char* type : {"text/html", "application/json", "application/problem+json", ""}) {
      const Refusal refusal = Read(401, type, body);
      EXPECT_FALSE(refusal.is_final()) << body;
      EXPECT_EQ(Explain(refusal), "the server answered with status 401") << body;
    }
  }
  EXPECT_FALSE(Read(403, "application/problem+json", R"({"cause":"missing-scope"})").is_final());
}

TEST(ServerApiTest, NothingOfAServersTextMovesACursor) {
  const Refusal refusal = Read(403, "text/plain", "\x1b[2Jgone\r");
  EXPECT_EQ(Explain(refusal).find('\x1b'), std::string::npos);
  EXPECT_EQ(Read(403, "text/plain", "a\nhttp://h/\x1b[2J").make_one, "");
}

TEST(ServerApiTest, AuthorizationGoesByKind) {
  const SecretString secret{"lkat_x"};
  EXPECT_EQ(AuthorizationFor("api-token", "ana", secret).Expose(), "Bearer lkat_x");
  EXPECT_EQ(AuthorizationFor("app-password", "ana", secret).Expose(), "Basic YW5hOmxrYXRfeA==");
}

}  // namespace
}  // namespace latchkey::client
