// The vectors of testdata/credentials, one case a file. They were written without this program,
// from docs/credential-format.md alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credential/credential.h"
#include "crypto/mac.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Files() {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path{LATCHKEY_TESTDATA_DIR} / "credentials")) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The lines `key: value`. A value is everything after the one space.
std::map<std::string, std::string> Fields(const fs::path& file) {
  std::map<std::string, std::string> fields;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) {
      ADD_FAILURE() << file << ": " << line;
      continue;
    }
    fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return fields;
}

class CredentialVectors : public ::testing::TestWithParam<fs::path> {};

TEST_P(CredentialVectors, Hold) {
  const std::map<std::string, std::string> fields = Fields(GetParam());
  const std::string& text = fields.at("text");
  Result<Credential> parsed = Credential::Parse(text);
  if (fields.contains("error")) {
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(CodeName(parsed.error().code), fields.at("error"));
    return;
  }
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(KindName(parsed->kind()), fields.at("kind"));
  EXPECT_EQ(parsed->id().text(), fields.at("id"));
  EXPECT_EQ(FormatHex(parsed->ComputeDigest()), fields.at("sha256"));
  EXPECT_EQ(std::move(*parsed).Reveal().Expose(), text);
}

INSTANTIATE_TEST_SUITE_P(All, CredentialVectors, ::testing::ValuesIn(Files()),
                         [](const auto& test_case) { return test_case.param.stem().string(); });

}  // namespace
}  // namespace latchkey
