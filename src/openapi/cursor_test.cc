#include "openapi/cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "openapi/api_document.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using enum Error::Code;

TEST(CursorTest, ReferencesIntoALargeMappingMakeLittleWork) {
  // Every key that a reference compares is taken from what may be walked: 2,000 scans of 100,000
  // keys would be 50 times as much as there is.
  std::string text = "{\"openapi\": \"3.0.0\", \"x-items\": {";
  for (int i = 0; i < 100'000; ++i) text += "\"k" + std::to_string(i) + "\": {},";
  text += "\"last\": {\"get\": {}}}, \"paths\": {";
  for (int i = 0; i < 2000; ++i) {
    text += (i == 0 ? "\"/a" : ",\"/a") + std::to_string(i) + "\": {\"$ref\": \"#/x-items/last\"}";
  }
  const Result<ApiDocument> document = ReadApiDocument(text + "}}", "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->operations.size(), 2000U);
}

TEST(CursorTest, AliasesMakeNoUnboundedWork) {
  std::string text = "openapi: 3.0.0\nx-names: &names [";
  for (int i = 0; i < 2000; ++i) text += "n,";
  text += "n]\nx-op: &op {security: [";
  for (int i = 0; i < 2000; ++i) text += "{o: *names},";
  text +=
      "{o: *names}]}\npaths: {/a: {get: *op}}\n"
      "components: {securitySchemes: {o: {type: oauth2}}}";
  EXPECT_THAT(ReadApiDocument(text, "x", {}), FailsWith(kLimitExceeded));
}

TEST(CursorTest, AliasesOfNothingMakeNoUnboundedWorkEither) {
  std::string text = "openapi: 3.0.0\nx-op: &op {security: [";
  for (int i = 0; i < 3000; ++i) text += "{},";
  text += "{}]}\npaths:\n";
  for (int i = 0; i < 3000; ++i) text += "  /a" + std::to_string(i) + ": {get: *op}\n";
  EXPECT_THAT(ReadApiDocument(text, "x", {}),
              FailsWith(kLimitExceeded, HasSubstr("with its aliases")));
}

TEST(CursorTest, AReasonIsInSightBehindALongPointer) {
  const std::string path = "/" + std::string(1500, 'p');
  const std::string text =
      R"({"openapi": "3.0.0", "paths": {")" + path + R"(": {"get": {"security": ["x"]}}}})";
  const Result<ApiDocument> document = ReadApiDocument(text, "x", {});
  ASSERT_FALSE(document.has_value());
  EXPECT_THAT(document.error().message,
              AllOf(HasSubstr("ppp...ppp"), HasSubstr("ppp/get/security/0: it is not a mapping")));
  EXPECT_LT(document.error().message.size(), 400U);
}

}  // namespace
}  // namespace latchkey
