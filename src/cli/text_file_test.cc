#include "cli/text_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "admin/fixture/temporary_directory.h"
#include "testing/matchers.h"

namespace latchkey::cli {
namespace {

using testing::Eq;
using testing::HasSubstr;
using enum Error::Code;

class TextFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    std::string path = directory_.path() + "/file";
    std::ofstream{path, std::ios::binary} << text;
    return path;
  }

  admin::TemporaryDirectory directory_;
};

TEST_F(TextFileTest, ReadsAllUpToTheLimit) {
  EXPECT_THAT(ReadTextFile(Write("a\nb"), 3), IsOkAnd(Eq("a\nb")));
  EXPECT_THAT(ReadTextFile(Write(""), 3), IsOkAnd(Eq("")));
  EXPECT_THAT(ReadTextFile(Write("a\nbc"), 3), FailsWith(kLimitExceeded, HasSubstr("larger")));
}

TEST_F(TextFileTest, SaysWhyItCannot) {
  EXPECT_THAT(ReadTextFile(directory_.path() + "/none", 3), FailsWith(kNotFound));
  EXPECT_THAT(ReadTextFile(directory_.path(), 3),
              FailsWith(kInvalidArgument, HasSubstr("regular file")));
  EXPECT_THAT(ReadTextFile(Write("\xFF"), 3), FailsWith(kInvalidArgument, HasSubstr("UTF-8")));
  const std::string pipe = directory_.path() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_THAT(ReadTextFile(pipe, 3), FailsWith(kInvalidArgument, HasSubstr("regular file")));
}

}  // namespace
}  // namespace latchkey::cli
