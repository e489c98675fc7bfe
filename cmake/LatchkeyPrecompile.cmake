# latchkey_precompile(TARGET)
#
# With LATCHKEY_PRECOMPILE, TARGET begins from one precompiled header of what most files read and
# nobody here changes: most of a build's time goes into reading it. What a file forgets to include
# shows where it is off, which is with GCC: there it saves nothing.

include_guard(GLOBAL)

function(latchkey_precompile target)
  if(LATCHKEY_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM latchkey_precompiled)
    # A program's own -fPIE would not go with what the header was compiled for; the last one counts.
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
endfunction()

if(NOT LATCHKEY_PRECOMPILE)
  return()
endif()

set(source "${PROJECT_BINARY_DIR}/generated/precompiled.cc")
file(CONFIGURE OUTPUT "${source}" CONTENT "// Generated: a source for the precompiled header to stand beside.\n")
add_library(latchkey_precompiled STATIC "${source}")
target_link_libraries(latchkey_precompiled PRIVATE
  latchkey_strict nlohmann_json::nlohmann_json Threads::Threads)
set(headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstddef> <cstdint> <deque> <expected>
  <filesystem> <fstream> <functional> <limits> <map> <memory> <mutex> <optional> <ranges> <set> <span> <sstream>
  <string> <string_view> <system_error> <thread> <tuple> <unordered_map> <utility> <variant> <vector>
  <nlohmann/json.hpp>)
if(LATCHKEY_TESTS)
  target_link_libraries(latchkey_precompiled PRIVATE GTest::gmock)
  list(APPEND headers <gmock/gmock.h> <gtest/gtest.h>)
endif()
target_precompile_headers(latchkey_precompiled PRIVATE ${headers})
