// What it costs to find an operation, in tables as large as a small and a very large API.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "operation/operation_table.h"
#include "operation/path_rules.h"

namespace latchkey {
namespace {

const Catalogue& AnyCatalogue() {
  static const Catalogue catalogue =
      *Catalogue::Build({.app = "bench", .title = "Bench", .scopes = {}, .permissions = {}}, {});
  return catalogue;
}

/// Templates of one to six segments, every other one a parameter, some of two levels of concrete
/// names beside parameters.
std::vector<OperationRule> Rules(std::size_t count) {
  std::vector<OperationRule> rules;
  for (std::size_t i = 0; rules.size() < count; ++i) {
    const std::string base =
        "/group" + std::to_string(i % 40) + "/{team}/{item}/kind" + std::to_string(i / 40);
    for (const std::string& tail :
         {std::string{}, std::string{"/{id}"}, std::string{"/latest"}, std::string{"/{id}/parts"},
          std::string{"/{id}/parts/{part}"}}) {
      if (rules.size() == count) break;
      rules.push_back({.method = "GET", .path = base + tail, .scopes = {{}}, .permissions = {{}}});
    }
  }
  return rules;
}

void FindOperation(benchmark::State& state, const char* tail) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Result<OperationTable> table = OperationTable::Compile(AnyCatalogue(), Rules(count), {});
  if (!table) std::abort();
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < count / 5; ++i) {
    paths.push_back("/group" + std::to_string(i % 40) + "/some-team/an-item/kind" +
                    std::to_string(i / 40) + tail);
  }
  std::size_t next = 0;
  for (auto unused : state) {
    const std::string& path = paths[next];
    next = next + 1 == paths.size() ? 0 : next + 1;
    const OperationTable::Operation* found = table->Find("GET", path);
    if (found == nullptr) std::abort();
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK_CAPTURE(FindOperation, concrete, "/latest")->Arg(330)->Arg(5000);
BENCHMARK_CAPTURE(FindOperation, deep, "/42/parts/7")->Arg(330)->Arg(5000);
BENCHMARK_CAPTURE(FindOperation, escaped, "/%34%32/parts/%7Buuid%7D")->Arg(330)->Arg(5000);

void CheckOrdinaryPath(benchmark::State& state) {
  const std::string path = "/repositories/some-team/an-item/pullrequests/42/comments/7";
  for (auto unused : state) benchmark::DoNotOptimize(CheckPath(path, {}));
}
BENCHMARK(CheckOrdinaryPath);

}  // namespace
}  // namespace latchkey
