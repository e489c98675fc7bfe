#include "http/request_id.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey::http {
namespace {

TEST(RequestIdsTest, DifferAndAreAcceptable) {
  RequestIds ids;
  RequestIds other;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.insert(ids.Next()).second);
    EXPECT_TRUE(seen.insert(other.Next()).second);
  }
  for (const std::string& id : seen) EXPECT_TRUE(RequestIds::IsAcceptable(id)) << id;
}

TEST(RequestIdsTest, ForeignIdsAreBoundedAndHoldNoCredential) {
  EXPECT_TRUE(RequestIds::IsAcceptable("4bf92f3577b34da6a3ce929d0e0e4736"));
  EXPECT_TRUE(RequestIds::IsAcceptable("a"));
  EXPECT_TRUE(RequestIds::IsAcceptable(std::string(64, '-')));
  EXPECT_FALSE(RequestIds::IsAcceptable(std::string(65, '-')));
  EXPECT_FALSE(RequestIds::IsAcceptable(""));
  EXPECT_FALSE(RequestIds::IsAcceptable("a b"));
  EXPECT_FALSE(RequestIds::IsAcceptable("a\"b"));
  EXPECT_FALSE(RequestIds::IsAcceptable("lkat_9fK2mQ7LwXc"));
}

}  // namespace
}  // namespace latchkey::http
