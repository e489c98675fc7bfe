// Runs a fuzz target over a stored corpus, without libFuzzer, so that every build replays what a
// fuzzer once found:
//
//     credential_fuzz testdata/fuzz/credential_fuzz
//
// The empty input always runs, so a target whose corpus is still missing is linked and run too.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> Bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> Inputs(const fs::path& corpus) {
  std::vector<fs::path> files;
  if (!fs::is_directory(corpus)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void Replay(std::span<char* const> corpora) {
  std::size_t count = 0;
  const std::uint8_t nothing = 0;
  LLVMFuzzerTestOneInput(&nothing, 0);
  for (const char* corpus : corpora) {
    for (const fs::path& file : Inputs(corpus)) {
      // Printed first, so that a crash names its input.
      std::printf("%s\n", file.filename().c_str());
      std::fflush(stdout);
      const std::vector<std::uint8_t> bytes = Bytes(file);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      ++count;
    }
  }
  std::printf("replayed the empty input and %zu files\n", count);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Replay(std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fuzz replay: %s\n", error.what());
    return 1;
  }
  return 0;
}
