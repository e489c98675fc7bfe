#include "openapi/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "testing/matchers.h"

namespace latchkey::openapi {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using enum Error::Code;

/// The tree on one line, each part with its place: `{a@1:2:"x"}`.
std::string Shown(const Document& document, const Node& node) {
  const std::string place =
      std::to_string(node.where.line) + ":" + std::to_string(node.where.column) + ":";
  std::string text;
  switch (node.kind) {
    case Node::Kind::kNull: return place + "null";
    case Node::Kind::kBoolean: return place + "bool " + node.text;
    case Node::Kind::kNumber: return place + "number " + node.text;
    case Node::Kind::kString: return place + "\"" + node.text + "\"";
    case Node::Kind::kSequence:
    case Node::Kind::kMapping:
      for (const Member& member : node.members) {
        if (!text.empty()) text += ", ";
        if (!member.key.empty()) text += member.key + "=";
        text += Shown(document, document.node(member.node));
      }
  }
  const bool sequence = node.kind == Node::Kind::kSequence;
  return place + (sequence ? "[" : "{") + text + (sequence ? "]" : "}");
}

struct ReadCase {
  const char* text;
  const char* tree;
};

class ReadsDocuments : public ::testing::TestWithParam<ReadCase> {};

TEST_P(ReadsDocuments, WithThePlaceOfEachPart) {
  const Result<Document> document = ParseDocument(GetParam().text, "x");
  ASSERT_THAT(document, IsOk()) << GetParam().text;
  EXPECT_EQ(Shown(*document, document->root()), GetParam().tree) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Json, ReadsDocuments,
    ::testing::Values(ReadCase{"{}", "1:1:{}"},
                      ReadCase{" \n {\"a\": [1, -2.50, true]}",
                               "2:2:{a=2:8:[2:9:number 1, 2:12:number -2.50, "
                               "2:19:bool true]}"},
                      ReadCase{"{\"a\":\n\n\"b\\\"\\\\\",\"c\": null}",
                               "1:1:{a=3:1:\"b\"\\\", c=3:14:null}"},
                      ReadCase{"{\"a\":1\n}", "1:1:{a=1:6:number 1}"},
                      ReadCase{"{\"\xc3\xa4\": \"\\ud83d\\udd11\", \"b\": {}}",
                               "1:1:{\xc3\xa4=1:7:\"\xf0\x9f\x94\x91\", b=1:28:{}}"},
                      ReadCase{"\xEF\xBB\xBF{\"a\": []}", "1:2:{a=1:8:[]}"}));

INSTANTIATE_TEST_SUITE_P(
    Yaml, ReadsDocuments,
    ::testing::Values(ReadCase{"a: b\n", "1:1:{a=1:4:\"b\"}"},
                      ReadCase{"---\na: b\n...\n", "2:1:{a=2:4:\"b\"}"},
                      ReadCase{
                          "- 1\n- '1'\n- ~\n- yes\n- True\n- 1.2.3\n- -.5\n- !!str 5\n",
                          "1:1:[1:3:number 1, 2:3:\"1\", 3:3:null, 4:3:\"yes\", 5:3:bool True, "
                          "6:3:\"1.2.3\", 7:3:number -.5, 8:3:\"5\"]"},
                      ReadCase{"200: x\n", "1:1:{200=1:6:\"x\"}"},
                      ReadCase{"a: &n [b]\nc: *n\n", "1:1:{a=1:4:[1:8:\"b\"], c=1:4:[1:8:\"b\"]}"},
                      ReadCase{"'<<': 1\n", "1:1:{<<=1:7:number 1}"}));

struct BadCase {
  std::string text;
  const char* place;  ///< What follows `x:`.
  const char* reason;
};

class RefusesDocuments : public ::testing::TestWithParam<BadCase> {};

TEST_P(RefusesDocuments, NamingThePlace) {
  const Result<Document> document = ParseDocument(GetParam().text, "x");
  ASSERT_FALSE(document.has_value()) << GetParam().text;
  EXPECT_THAT(document.error().message, AllOf(StartsWith(std::string{"x:"} + GetParam().place),
                                              HasSubstr(GetParam().reason)));
  EXPECT_EQ(document.error().message.find('\n'), std::string::npos);
}

std::string Repeated(std::string_view text, std::size_t count) {
  std::string repeated;
  for (std::size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusesDocuments,
    ::testing::Values(
        BadCase{"", "1:1", "empty"}, BadCase{"# nothing\n", "1:1", "empty"},
        BadCase{"{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}", "1:24: /b: ", "\"c\" stands twice"},
        BadCase{"{\"a\": [1, }", "1:11: /a/1: ", "not JSON: syntax error"},
        BadCase{"{\"a\": 1} x", "1:10", "not JSON"}, BadCase{"{\"a\": 1", "1:7", "not JSON"},
        BadCase{"{\"a\": \"\xff\"}", "1:8", "not JSON"},
        BadCase{"a: 1\nb:\n  a: 1\n  a: 2\n", "4:3: /b: ", "\"a\" stands twice"},
        BadCase{"a: 1\n---\nb: 1\n", "2:1", "more than one document"},
        BadCase{"a: &x 1\nb:\n  <<: *x\n", "3:3: /b: ", "merge key"},
        BadCase{"a: *x\n", "1:4", "alias of nothing"},
        BadCase{"a: &x [*x]\n", "1:8: /a/0: ", "alias inside"},
        BadCase{"[a]: 1\n", "1:1", "key that is not"}, BadCase{"a: !foo 1\n", "1:4", "tag"},
        BadCase{"a: [\n", "2:1", "not YAML"}, BadCase{"\ta: 1\n", "1:1", "not YAML"},
        BadCase{"a: \"\xff\"\n", "1:", "not YAML"},
        BadCase{"{\"a\": " + Repeated("[", 200), "1:206", "nested deeper"},
        BadCase{Repeated("[", 100'000), "1:201", "nested deeper"},
        BadCase{Repeated("- ", 5'000), "1:401", "nested deeper"}));

TEST(ParseDocumentTest, AliasesDoNotMultiply) {
  std::string laughs = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += name + ": &" + name + " [" + before + ", " + before + "]\n";
  }
  EXPECT_THAT(ParseDocument(laughs, "x"), IsOk());
}

TEST(ParseDocumentTest, RefusesWhatIsTooLargeUnread) {
  const std::string text(kDocumentSizeMax + 1, ' ');
  EXPECT_THAT(ParseDocument(text, "x"), FailsWith(kLimitExceeded));
}

TEST(ParseDocumentTest, RefusesTooManyParts) {
  EXPECT_THAT(ParseDocument("{\"a\": [" + Repeated("0,", kNodesMax) + "0]}", "x"),
              FailsWith(kLimitExceeded, HasSubstr("parts")));
}

TEST(DocumentTest, FindsInLargeMappingsByFewComparisons) {
  constexpr int kKeys = 100'000;
  std::string text = "{";
  for (int i = 0; i < kKeys; ++i)
    text += "\"k" + std::to_string(i) + "\": " + std::to_string(i) + ",";
  const Result<Document> document = ParseDocument(text + "\"z\": \"last\"}", "x");
  ASSERT_THAT(document, IsOk());
  for (const char* key : {"k0", "k99999", "k54321", "z"}) {
    const Document::Found found = document->LookUp(document->root(), key);
    ASSERT_NE(found.node, nullptr) << key;
    EXPECT_EQ(found.node->text, *key == 'z' ? "last" : key + 1);
    EXPECT_LE(found.compared, 20U) << key;
  }
  for (const char* key : {"", "k", "k100000", "zz"}) {
    EXPECT_EQ(document->LookUp(document->root(), key).node, nullptr) << key;
  }
}

TEST(DocumentTest, FindsInMappingsAlone) {
  const Result<Document> document = ParseDocument("a: {b: 1}\nc: [1]\n", "x");
  ASSERT_THAT(document, IsOk());
  const Node* a = document->Find(document->root(), "a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(document->Find(*a, "b")->text, "1");
  EXPECT_EQ(document->Find(*a, "c"), nullptr);
  EXPECT_EQ(document->Find(*document->Find(document->root(), "c"), "1"), nullptr);
}

}  // namespace
}  // namespace latchkey::openapi
