#include "server/breached_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "crypto/digest.h"
#include "testing/matchers.h"

namespace latchkey::server {
namespace {

class BreachedFileTest : public testing::Test {
 protected:
  BreachedFileTest() {
    if (::mkdtemp(directory_.data()) == nullptr) std::abort();
  }
  ~BreachedFileTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::string Write(const std::string& text) {
    std::ofstream{directory_ + "/list"} << text;
    return directory_ + "/list";
  }

  std::string directory_ = std::filesystem::temp_directory_path() / "latchkey-XXXXXX";
};

std::string Sha1(const std::string& text) { return std::string{Sha1Hex(text).Expose()}; }

TEST_F(BreachedFileTest, FindsEveryLineAndNoOther) {
  for (const char* line_end : {":17\r\n", ":3\n", "\n"}) {
    std::set<std::string> listed;
    for (int i = 0; i < 100; ++i) listed.insert(Sha1("breached " + std::to_string(i)));
    std::string text;
    for (const std::string& digest : listed) text += digest + line_end;
    const auto list = BreachedFile::Open(Write(text));
    ASSERT_THAT(list, IsOk());
    for (int i = 0; i < 100; ++i) {
      EXPECT_THAT((*list)->Contains(Sha1("breached " + std::to_string(i))), IsOkAnd(true)) << i;
      EXPECT_THAT((*list)->Contains(Sha1("other " + std::to_string(i))), IsOkAnd(false)) << i;
    }
    EXPECT_THAT((*list)->Contains(std::string(40, '0')), IsOkAnd(false));
    EXPECT_THAT((*list)->Contains(std::string(40, 'F')), IsOkAnd(false));
  }
}

TEST_F(BreachedFileTest, LinesInLowerCaseAndWithoutALineBreakAtTheEnd) {
  const auto list = BreachedFile::Open(Write("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"));
  ASSERT_THAT(list, IsOk());
  EXPECT_THAT((*list)->Contains(Sha1("password")), IsOkAnd(true));
  EXPECT_THAT((*list)->Contains(Sha1("passwore")), IsOkAnd(false));
}

TEST_F(BreachedFileTest, AnotherFileIsRefused) {
  EXPECT_THAT(BreachedFile::Open(Write("password\n123456\n")), FailsWith(Error::Code::kMalformed));
  EXPECT_THAT(BreachedFile::Open(directory_ + "/none"), FailsWith(Error::Code::kIo));
  const auto empty = BreachedFile::Open(Write(""));
  ASSERT_THAT(empty, IsOk());
  EXPECT_THAT((*empty)->Contains(Sha1("password")), IsOkAnd(false));
}

}  // namespace
}  // namespace latchkey::server
