#include "store/codec/record_json.h"

#include <gmock/gmock.h>

#include "store/memory/sample_records.h"

namespace latchkey {
namespace {

TEST(RecordJsonTest, NamesEveryFieldOfACredential) {
  EXPECT_THAT(
      RecordToJson(SampleCredential(1)).dump(),
      testing::StartsWith(
          R"({"id":"00000000001","kind":"api-token","account":"00000000000000000000000000000001",)"
          R"("app":"bitbucket","grants":["read:repository:bitbucket","write:repository:bitbucket"],)"
          R"("name":"credential 1","created_at":"2026-11-24T09:00:00Z","expires_at":")"));
}

TEST(RecordJsonTest, ReadsARecordOfItsOwnTypeOnly) {
  for (const Record& record : NastyRecords()) {
    const OrderedJson json = RecordToJson(record);
    for (std::size_t type = 0; type < std::variant_size_v<Record>; ++type) {
      const std::optional<Record> read = RecordFromJson(static_cast<RecordType>(type), json);
      // A repository has all that a workspace has: the codec notices the rest.
      if (type == record.index()) {
        ASSERT_TRUE(read) << json;
        EXPECT_TRUE(AreSame(*read, record)) << json;
      } else if (read) {
        EXPECT_NE(RecordToJson(*read), json);
      }
    }
  }
}

TEST(RecordJsonTest, WritesWhatIsNotUtf8AsHex) {
  EXPECT_EQ(TextToJson("a").dump(), R"("a")");
  EXPECT_EQ(TextToJson("\xFF").dump(), R"({"hex":"ff"})");
}

TEST(JsonReaderTest, StaysFailed) {
  const OrderedJson json{{"text", "a"}, {"number", 1U}};
  JsonReader reader{json};
  EXPECT_EQ(reader.Text("text"), "a");
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.Number("text"), 0U);
  EXPECT_EQ(reader.Number("number"), 1U);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace latchkey
