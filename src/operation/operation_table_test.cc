#include "operation/operation_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "operation/decoded.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using enum Error::Code;

const Catalogue& Wiki() {
  static const Catalogue catalogue = [] {
    CatalogueData data{.app = "wiki", .title = "Wiki", .scopes = {}, .permissions = {}};
    for (const char* name : {"read", "write"}) {
      data.scopes.push_back({.name = name, .title = "t", .description = "d", .group = "g"});
    }
    return std::move(*Catalogue::Build(std::move(data), {}));
  }();
  return catalogue;
}

OperationRule Rule(std::string method, std::string path, NameAlternatives scopes = {{"read"}}) {
  return {.method = std::move(method),
          .path = std::move(path),
          .scopes = std::move(scopes),
          .permissions = {}};
}

Result<OperationTable> Compiled(const std::vector<OperationRule>& rules) {
  return OperationTable::Compile(Wiki(), rules, {.greedy = {"path"}});
}

std::string FoundBy(const OperationTable& table, std::string_view method, std::string_view path) {
  const OperationTable::Operation* found = table.Find(method, path);
  if (found == nullptr) return table.HasPath(path) ? "405" : "404";
  return found->method + " " + found->path;
}

struct FindCase {
  const char* method;
  const char* path;
  const char* found;
};

class FindsOperations : public ::testing::TestWithParam<FindCase> {
 protected:
  const Result<OperationTable> table_ = Compiled({
      Rule("GET", "/"),
      Rule("GET", "/users"),
      Rule("POST", "/users/"),
      Rule("GET", "/users/me"),
      Rule("GET", "/users/{id}"),
      Rule("DELETE", "/users/{id}"),
      Rule("GET", "/users/{id}/keys"),
      Rule("GET", "/users/me/mail"),
      Rule("GET", "/repos/{owner}/{name}.zip"),
      Rule("GET", "/repos/{owner}/{name}"),
      Rule("GET", "/repos/{owner}/release-{name}.zip"),
      Rule("GET", "/src/{commit}/{path}"),
      Rule("GET", "/src/{commit}/tags/{tag}"),
      Rule("GET", "/src"),
      Rule("HEAD", "/src"),
      Rule("GET", "/caf\xc3\xa9/menu"),
      Rule("PUT", "/only"),
      Rule("GET", "/tree/{path}"),
      Rule("GET", "/tree/{one}"),
  });
};

TEST_P(FindsOperations, OrTellsWhyNot) {
  ASSERT_THAT(table_, IsOk());
  EXPECT_EQ(FoundBy(*table_, GetParam().method, GetParam().path), GetParam().found)
      << GetParam().method << " " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    All, FindsOperations,
    ::testing::Values(
        FindCase{"GET", "/", "GET /"}, FindCase{"GET", "", "404"}, FindCase{"GET", "users", "404"},
        FindCase{"GET", "/users", "GET /users"}, FindCase{"GET", "/users/", "GET /users"},
        FindCase{"POST", "/users", "POST /users/"}, FindCase{"GET", "/users//", "404"},
        FindCase{"GET", "/Users", "404"}, FindCase{"get", "/users", "405"},
        // The concrete one wins, from the left, and only for the path it is of.
        FindCase{"GET", "/users/me", "GET /users/me"},
        FindCase{"GET", "/users/you", "GET /users/{id}"},
        FindCase{"DELETE", "/users/you", "DELETE /users/{id}"},
        FindCase{"DELETE", "/users/me", "405"},
        FindCase{"GET", "/users/me/keys", "GET /users/{id}/keys"},
        FindCase{"GET", "/users/me/mail", "GET /users/me/mail"},
        FindCase{"GET", "/users/you/mail", "404"},
        // However its letters are written.
        FindCase{"GET", "/%75sers/%6D%65", "GET /users/me"},
        FindCase{"GET", "/caf%C3%A9/menu", "GET /caf\xc3\xa9/menu"},
        FindCase{"GET", "/repos/a/b.zip", "GET /repos/{owner}/{name}.zip"},
        FindCase{"GET", "/repos/a/.zip", "GET /repos/{owner}/{name}"},
        FindCase{"GET", "/repos/a/release-1.zip", "GET /repos/{owner}/release-{name}.zip"},
        FindCase{"GET", "/repos/a/b", "GET /repos/{owner}/{name}"},
        FindCase{"GET", "/repos/a", "404"}, FindCase{"GET", "/repos/a/b/c", "404"},
        // Greedy ones take what is left, after everything else.
        FindCase{"GET", "/src/main/a", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/src/main/a/b/c", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/src/main/a/b/", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/src/main/", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/src/main", "404"},
        FindCase{"GET", "/src/main/tags/1", "GET /src/{commit}/tags/{tag}"},
        FindCase{"GET", "/src/main/tags/1/2", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/src/main/tags", "GET /src/{commit}/{path}"},
        FindCase{"GET", "/tree/a", "GET /tree/{one}"},
        FindCase{"GET", "/tree/a/b", "GET /tree/{path}"},
        // HEAD is GET, unless it is itself.
        FindCase{"HEAD", "/src", "HEAD /src"}, FindCase{"HEAD", "/users", "GET /users"},
        FindCase{"HEAD", "/only", "405"}, FindCase{"OPTIONS", "/users", "405"}));

TEST(OperationTableTest, HoldsWhatWasStated) {
  const Result<OperationTable> table =
      OperationTable::Compile(Wiki(),
                              std::vector<OperationRule>{{.method = "GET",
                                                          .path = "/a",
                                                          .scopes = {{"read"}, {"write"}},
                                                          .permissions = {},
                                                          .open_to_anybody = true},
                                                         Rule("GET", "/b")},
                              {});
  ASSERT_THAT(table, IsOk());
  ASSERT_EQ(table->operations().size(), 2U);
  const OperationTable::Operation* found = table->Find("GET", "/a");
  ASSERT_EQ(found, table->operations().data());
  EXPECT_EQ(found->requirement.catalogue, &Wiki());
  EXPECT_EQ(found->requirement.scopes.size(), 2U);
  EXPECT_TRUE(found->requirement.permissions.empty());
  EXPECT_TRUE(found->open_to_anybody);
  EXPECT_FALSE(table->Find("GET", "/b")->open_to_anybody);
}

TEST(OperationTableTest, AnEmptyTableHasNothing) {
  const OperationTable table;
  EXPECT_EQ(FoundBy(table, "GET", "/"), "404");
  EXPECT_TRUE(table.operations().empty());
}

TEST(OperationTableTest, SurvivesBeingMoved) {
  Result<OperationTable> table = Compiled({Rule("GET", "/a/{b}")});
  ASSERT_THAT(table, IsOk());
  OperationTable moved = std::move(*table);
  OperationTable assigned;
  assigned = std::move(moved);
  EXPECT_EQ(FoundBy(assigned, "GET", "/a/b"), "GET /a/{b}");
}

struct RefuseCase {
  std::vector<OperationRule> rules;
  std::vector<std::string> words;
};

class RefusesRules : public ::testing::TestWithParam<RefuseCase> {};

TEST_P(RefusesRules, NamingThem) {
  const Result<OperationTable> table = Compiled(GetParam().rules);
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().code, kInvalidArgument);
  for (const std::string& word : GetParam().words) {
    EXPECT_THAT(table.error().message, HasSubstr(word));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusesRules,
    ::testing::Values(
        RefuseCase{{Rule("GET", "/a/{x}"), Rule("GET", "/a/{y}")}, {"GET /a/{y}", "GET /a/{x}"}},
        RefuseCase{{Rule("GET", "/a/{x}.zip/b"), Rule("GET", "/a/{y}.zip/b")}, {"/a/{x}.zip/b"}},
        RefuseCase{{Rule("GET", "/{path}"), Rule("GET", "/{more+}")}, {"/{more+}"}},
        RefuseCase{{Rule("GET", "/a"), Rule("GET", "/%61")}, {"GET /a"}},
        RefuseCase{{Rule("GET", "/a"), Rule("GET", "/a")}, {"GET /a"}},
        RefuseCase{{Rule("GET", "/a"), Rule("GET", "/a/", {{"write"}})}, {"GET /a/"}},
        RefuseCase{{Rule("get", "/a")}, {"get /a: the method"}},
        RefuseCase{{Rule("", "/a")}, {"the method"}},
        RefuseCase{{Rule("G T", "/a")}, {"the method"}},
        RefuseCase{{Rule("GET", "a")}, {"GET a: it does not begin"}},
        RefuseCase{{Rule("GET", "/a", {{"raed"}})}, {"GET /a: unknown scope \"raed\""}},
        RefuseCase{{{.method = "GET", .path = "/a", .scopes = {}, .permissions = {{"page"}}}},
                   {"GET /a: unknown permission"}}));

TEST(OperationTableTest, TakesATemplateWithAndWithoutItsSlash) {
  EXPECT_THAT(Compiled({Rule("GET", "/a"), Rule("GET", "/a/")}), IsOk());
  EXPECT_THAT(Compiled({Rule("GET", "/a/{x}"), Rule("POST", "/a/{y}")}), IsOk());
  EXPECT_THAT(Compiled({Rule("GET", "/a/{x}"), Rule("GET", "/a/{y}.z")}), IsOk());
}

// Against a reading of the same rules that is too slow to use: every template is tried, and the
// best is the one whose segments, from the left, are the most concrete.

std::vector<std::string> Split(std::string path) {
  std::vector<std::string> segments;
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  for (std::size_t at = 1; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(Decoded(path.substr(at, end - at)));
    at = end + 1;
  }
  return segments;
}

/// How concrete a segment is: 0 literal, 1 pattern, 2 parameter, 3 greedy; then, among patterns,
/// the more text the better, then by text.
using Rank = std::tuple<int, long, std::vector<std::string>>;

bool MatchesNaively(const std::string& text, const std::vector<std::string>& pieces,
                    std::size_t piece, std::size_t at) {
  if (!text.substr(at).starts_with(pieces[piece])) return false;
  at += pieces[piece].size();
  if (piece + 1 == pieces.size()) return at == text.size();
  for (std::size_t next = at + 1; next <= text.size(); ++next) {
    if (MatchesNaively(text, pieces, piece + 1, next)) return true;
  }
  return false;
}

std::optional<std::vector<Rank>> RankOf(const std::vector<TemplateSegment>& segments,
                                        const std::string& path) {
  const std::vector<std::string> given = Split(path);
  std::vector<Rank> rank;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const TemplateSegment& segment = segments[i];
    if (segment.kind == TemplateSegment::Kind::kGreedy) {
      const bool empty = i == given.size() && path.size() > 1 && path.ends_with('/');
      if (i >= given.size() && !empty) return std::nullopt;
      rank.emplace_back(empty ? 4 : 3, 0, std::vector<std::string>{});
      return rank;
    }
    if (i >= given.size()) return std::nullopt;
    long size = 0;
    for (const std::string& piece : segment.pieces) size += static_cast<long>(piece.size());
    switch (segment.kind) {
      case TemplateSegment::Kind::kLiteral:
        if (given[i] != segment.pieces[0]) return std::nullopt;
        rank.emplace_back(0, 0, std::vector<std::string>{});
        break;
      case TemplateSegment::Kind::kPattern:
        if (!MatchesNaively(given[i], segment.pieces, 0, 0)) return std::nullopt;
        rank.emplace_back(1, -size, segment.pieces);
        break;
      case TemplateSegment::Kind::kParameter:
        rank.emplace_back(2, 0, std::vector<std::string>{});
        break;
      case TemplateSegment::Kind::kGreedy: break;
    }
  }
  if (given.size() != segments.size()) return std::nullopt;
  return rank;
}

class RandomTables {
 public:
  std::string Path(const std::vector<std::string>& words) {
    std::string path;
    const std::size_t segments = Below(5);
    for (std::size_t i = 0; i < segments; ++i) path += "/" + words[Below(words.size())];
    if (path.empty()) return "/";
    if (Below(6) == 0) path += "/";
    return path;
  }
  /// Marsaglia's xorshift: the same tables each time.
  std::size_t Below(std::size_t count) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<std::size_t>(state_ % count);
  }

 private:
  std::uint64_t state_ = 88172645463325252U;
};

TEST(OperationTableTest, FindsWhatANaiveMatcherFinds) {
  const std::vector<std::string> parts{"a",    "b",     "ab",      "{x}",    "{x}", "{x}.z",
                                       "a{x}", "a{x}b", "{x}.{y}", "{path}", "a.z"};
  const std::vector<std::string> words{"a",    "b",   "ab", "%61", "a.z",    "b.z",
                                       "ab.z", "axb", "c",  ".",   "%61%2Ez"};
  constexpr std::array<const char*, 2> kMethods{"GET", "PUT"};
  RandomTables random;
  std::size_t found_count = 0;
  for (int table_number = 0; table_number < 1500; ++table_number) {
    std::vector<OperationRule> rules;
    std::optional<OperationTable> table;
    const std::size_t wanted = 1 + random.Below(14);
    for (std::size_t i = 0; i < wanted; ++i) {
      rules.push_back(Rule(kMethods[random.Below(2)], random.Path(parts)));
      Result<OperationTable> compiled = Compiled(rules);
      if (compiled) {
        table = std::move(*compiled);
      } else {
        rules.pop_back();
      }
    }
    if (!table) continue;
    for (int request = 0; request < 40; ++request) {
      const std::string path = random.Path(words);
      // The best path, whatever its methods.
      std::optional<std::vector<Rank>> best;
      for (const OperationRule& rule : rules) {
        const auto segments = ParseTemplate(rule.path, {.greedy = {"path"}});
        const auto rank = RankOf(*segments, path);
        if (rank && (!best || *rank < *best)) best = rank;
      }
      ASSERT_EQ(table->HasPath(path), best.has_value()) << path;
      for (const char* method : kMethods) {
        const auto expected = std::ranges::find_if(rules, [&](const OperationRule& rule) {
          const auto segments = ParseTemplate(rule.path, {.greedy = {"path"}});
          return best && rule.method == method && RankOf(*segments, path) == best;
        });
        const OperationTable::Operation* found = table->Find(method, path);
        ASSERT_EQ(found != nullptr, expected != rules.end()) << method << " " << path;
        if (found != nullptr) {
          ++found_count;
          ASSERT_EQ(found->path, expected->path) << method << " " << path;
        }
      }
    }
  }
  EXPECT_GT(found_count, 1000U) << "the test is not empty";
}

}  // namespace
}  // namespace latchkey
