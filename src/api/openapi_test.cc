// The API's description and the program must not drift apart.

#include <gtest/gtest.h>

#include <string>

#include "api/embedded.h"
#include "problem/json_text.h"
#include "problem/problem.h"

namespace latchkey::api {
namespace {

TEST(OpenApiTest, DescribesEveryProblemType) {
  const Json document = Json::parse(kOpenapiJson);
  const Json& documented =
      document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"];
  Json types = Json::array();
  for (const ProblemType type : ProblemTypes()) {
    types.push_back("urn:latchkey:problem:" + std::string{TraitsOf(type).code});
  }
  EXPECT_EQ(documented, types);
}

}  // namespace
}  // namespace latchkey::api
