#include "store/codec/json_change_codec.h"

#include <gmock/gmock.h>

#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using enum Error::Code;

Change ChangeOf(Record record) {
  return {.seq = 7,
          .batch = 3,
          .at = Instant{std::chrono::milliseconds{1'795'510'800'123}},
          .info = {.action = "credential.revoke",
                   .actor = "cli:root",
                   .origin = "2001:db8::1",
                   .request_id = "01J\"x\\y",
                   .note = "it's \"gone\", \xE2\x82\xAC,\"type\":\"account\",\"record\":{"},
          .record = std::move(record)};
}

TEST(JsonChangeCodecTest, GivesBackEveryRecord) {
  const JsonChangeCodec codec;
  for (const Record& record : NastyRecords()) {
    const Change change = ChangeOf(record);
    const std::string line = codec.Encode(change);
    EXPECT_THAT(line, testing::Not(HasSubstr("\n")));
    EXPECT_THAT(line, StartsWith(R"({"seq":7,"batch":3,"at":"2026-11-24T)"));
    const Result<Change> decoded = codec.Decode(line);
    ASSERT_THAT(decoded, IsOk()) << line;
    EXPECT_TRUE(AreSame(decoded->record, record)) << line;
    EXPECT_EQ(decoded->seq, change.seq);
    EXPECT_EQ(decoded->batch, change.batch);
    EXPECT_EQ(decoded->at, change.at);
    EXPECT_EQ(decoded->info.action, change.info.action);
    EXPECT_EQ(decoded->info.actor, change.info.actor);
    EXPECT_EQ(decoded->info.origin, change.info.origin);
    EXPECT_EQ(decoded->info.request_id, change.info.request_id);
    EXPECT_EQ(decoded->info.note, change.info.note);
    EXPECT_EQ(codec.Encode(*decoded), line);
  }
}

TEST(JsonChangeCodecTest, KeepsBytesThatAreNotUtf8) {
  const JsonChangeCodec codec;
  WorkspaceRecord record = SampleWorkspace(1);
  record.value.slug = "\xFF\"\xC3";
  Change change = ChangeOf(record);
  change.info.note = std::string{"\0\x80", 2};
  const Result<Change> decoded = codec.Decode(codec.Encode(change));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_TRUE(AreSame(decoded->record, record));
  EXPECT_EQ(decoded->info.note, change.info.note);
}

TEST(JsonChangeCodecTest, TellsTheVersionAsDecodeDoes) {
  const JsonChangeCodec codec;
  std::vector<Record> records = NastyRecords();
  records.emplace_back(Next(Next(SampleCredential(9))));
  WorkspaceRecord escaped = SampleWorkspace(1);
  escaped.value.slug = "needs \"escaping\"";
  records.emplace_back(escaped);
  escaped.value.slug = "\xFF";
  records.emplace_back(escaped);
  for (const Record& record : records) {
    const std::string line = codec.Encode(ChangeOf(record));
    const Result<RecordVersion> found = codec.DecodeVersion(line);
    ASSERT_THAT(found, IsOk()) << line;
    EXPECT_EQ(found->type, TypeOf(record)) << line;
    EXPECT_EQ(found->key, KeyOf(record)) << line;
    EXPECT_EQ(found->version, VersionOf(record)) << line;
  }
  EXPECT_THAT(codec.DecodeVersion("{}"), FailsWith(kMalformed));
}

struct RejectCase {
  const char* name;
  /// What is replaced in a good line, once, and by what.
  std::string from;
  std::string to;
};

class JsonChangeCodecRejects : public testing::TestWithParam<RejectCase> {};

TEST_P(JsonChangeCodecRejects, WhatItWouldNotWrite) {
  const JsonChangeCodec codec;
  std::string line = codec.Encode(ChangeOf(SampleCredential(1)));
  ASSERT_THAT(codec.Decode(line), IsOk());
  const std::size_t start = line.find(GetParam().from);
  ASSERT_NE(start, std::string::npos) << line;
  line.replace(start, GetParam().from.size(), GetParam().to);
  EXPECT_THAT(codec.Decode(line), FailsWith(kMalformed)) << line;
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonChangeCodecRejects,
    testing::Values(RejectCase{"Space", ",\"batch\"", ", \"batch\""},
                    RejectCase{"MissingMember", ",\"batch\":3", ""},
                    RejectCase{"UnknownMember", ",\"batch\":3", ",\"batch\":3,\"more\":1"},
                    RejectCase{"RepeatedMember", ",\"batch\":3", ",\"batch\":3,\"batch\":3"},
                    RejectCase{"UnknownMemberOfRecord", ",\"version\":1", ",\"version\":1,\"x\":1"},
                    RejectCase{"NegativeNumber", "\"seq\":7", "\"seq\":-7"},
                    RejectCase{"FractionalNumber", "\"seq\":7", "\"seq\":7.0"},
                    RejectCase{"NumberAsText", "\"seq\":7", "\"seq\":\"7\""},
                    RejectCase{"HugeNumber", "\"seq\":7", "\"seq\":18446744073709551616"},
                    RejectCase{"OtherSpellingOfText", "cli:root", "cli\\u003aroot"},
                    RejectCase{"HexOfUtf8", "\"cli:root\"", "{\"hex\":\"61\"}"},
                    RejectCase{"OtherInstant", "T", " "},
                    RejectCase{"UnknownType", "\"type\":\"credential\"", "\"type\":\"secret\""},
                    RejectCase{"OtherType", "\"type\":\"credential\"", "\"type\":\"account\""},
                    RejectCase{"UnknownKind", "api-token", "api-tokens"},
                    RejectCase{"BadId", "\"id\":\"0", "\"id\":\"-"},
                    RejectCase{"UpperCaseSeal", "\"seal\":\"", "\"seal\":\"AA"},
                    RejectCase{"OddSeal", "\"seal\":\"", "\"seal\":\"0"},
                    RejectCase{"GrantsAsText", "[\"read:repository:bitbucket\"", "[1"},
                    RejectCase{"RecordAsList", "\"record\":{", "\"record\":[{"},
                    RejectCase{"NullVersion", "\"version\":1", "\"version\":null"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(JsonChangeCodecTest, RejectsWhatIsNoObject) {
  const JsonChangeCodec codec;
  for (const std::string_view line : {"", "null", "[]", "{}", "7", "\"x\"", "{\"record\":7}"}) {
    EXPECT_THAT(codec.Decode(line), FailsWith(kMalformed)) << line;
  }
  EXPECT_THAT(codec.Decode(std::string(100'000, '[')), FailsWith(kMalformed));
}

}  // namespace
}  // namespace latchkey
