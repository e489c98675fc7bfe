# latchkey_library(NAME x [DEPS folder…] [TEST_DEPS folder…] [HEADER_DEPS folder…]
#                  [LINK external…] [TEST_LINK external…] [TOGETHER filter])
#
# One folder is one library: latchkey_x, alias latchkey::x, of every *.cc beside the CMakeLists.txt
# that calls it. A file's name says what it is, so adding one edits no list:
#
#   *_test.cc   together one GoogleTest program, x_tests
#   *_fuzz.cc   one program each. With LATCHKEY_FUZZ it runs libFuzzer; without, it replays the files
#               of testdata/fuzz/<program>/ and is the ctest fuzz_replay.<program>
#   *_bench.cc  one Google Benchmark program each, with LATCHKEY_BENCH
#
# DEPS are the arrows between folders; tools/check_layers.py compares every #include with them.
# TEST_DEPS are visible to tests, fuzz targets and benchmarks only. HEADER_DEPS is an arrow whose
# library the user links himself: testing/ knows authority/store.h, yet a test of base/ should not
# wait until all of authority/ is built. LINK names external targets,
# listed in LatchkeyPackages.cmake. TOGETHER is a filter of GoogleTest's: the tests that it names run
# in one process, as one ctest, since they share something that is dear to begin, such as a database
# server. A folder that has no source yet becomes an INTERFACE library.

include_guard(GLOBAL)

function(latchkey_library)
  cmake_parse_arguments(ARG "" "NAME;TOGETHER" "DEPS;TEST_DEPS;HEADER_DEPS;LINK;TEST_LINK" ${ARGN})
  set(globs CONFIGURE_DEPENDS)
  file(GLOB headers ${globs} *.h)
  file(GLOB sources ${globs} *.cc)
  file(GLOB tests ${globs} *_test.cc)
  file(GLOB fuzzers ${globs} *_fuzz.cc)
  file(GLOB benches ${globs} *_bench.cc)
  list(FILTER sources EXCLUDE REGEX "(_(test|fuzz|bench)|/main)\\.cc$")
  list(TRANSFORM ARG_DEPS PREPEND latchkey::)
  list(TRANSFORM ARG_TEST_DEPS PREPEND latchkey::)

  set(lib latchkey_${ARG_NAME})
  if(sources)
    set(scope PUBLIC)
    add_library(${lib} STATIC ${sources})
    target_link_libraries(${lib} PRIVATE latchkey_strict)
    latchkey_precompile(${lib})
  else()
    set(scope INTERFACE)
    add_library(${lib} INTERFACE)
  endif()
  add_library(latchkey::${ARG_NAME} ALIAS ${lib})
  if(headers)
    _latchkey_headers(${lib} ${scope} "${headers}")
  endif()
  target_include_directories(${lib} ${scope} "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${lib} ${scope} ${ARG_DEPS} ${ARG_LINK})

  set(around ${lib} ${ARG_TEST_DEPS} ${ARG_TEST_LINK})
  if(LATCHKEY_TESTS AND tests)
    _latchkey_tests(${ARG_NAME} "${tests}" "${around}" "${ARG_TOGETHER}")
  endif()
  if(LATCHKEY_TESTS OR LATCHKEY_FUZZ)
    foreach(fuzzer IN LISTS fuzzers)
      _latchkey_fuzzer("${fuzzer}" "${around}")
    endforeach()
  endif()
  if(LATCHKEY_BENCH)
    foreach(bench IN LISTS benches)
      get_filename_component(program "${bench}" NAME_WE)
      add_executable(${program} "${bench}")
      target_link_libraries(${program} PRIVATE
        latchkey_strict ${around} benchmark::benchmark_main)
      set_property(GLOBAL APPEND PROPERTY LATCHKEY_BENCHES ${program})
    endforeach()
  endif()
endfunction()

# A header whose source has its name is compiled alone with that source, which includes it first
# (tools/check_layers.py); only the others are left to all_verify_interface_header_sets.
function(_latchkey_headers lib scope headers)
  set(alone "")
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "[.]h$" ".cc" source "${header}")
    if(NOT EXISTS "${source}")
      list(APPEND alone "${header}")
    endif()
  endforeach()
  target_sources(${lib} ${scope}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${headers}
    FILE_SET alone TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${alone})
  set_target_properties(${lib} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY alone)
endfunction()

function(_latchkey_tests name tests around together)
  set(program ${name}_tests)
  add_executable(${program} ${tests})
  target_link_libraries(${program} PRIVATE
    latchkey_strict ${around} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${program} PRIVATE
    LATCHKEY_TESTDATA_DIR="${PROJECT_SOURCE_DIR}/testdata")
  latchkey_precompile(${program})
  set(alone "")
  if(together)
    add_test(NAME "${name}.${together}" COMMAND ${program} "--gtest_filter=${together}")
    set_tests_properties("${name}.${together}" PROPERTIES TIMEOUT 180)
    set(alone TEST_FILTER "-${together}")
  endif()
  # NO_PRETTY_VALUES keeps raw parameter bytes out of test names.
  gtest_discover_tests(${program} TEST_PREFIX ${name}. NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST
    ${alone} PROPERTIES TIMEOUT 180)
endfunction()

function(_latchkey_fuzzer source around)
  get_filename_component(program "${source}" NAME_WE)
  set(corpus "${PROJECT_SOURCE_DIR}/testdata/fuzz/${program}")
  set_property(GLOBAL APPEND PROPERTY LATCHKEY_FUZZERS ${program})
  add_executable(${program} "${source}")
  target_link_libraries(${program} PRIVATE latchkey_strict ${around})
  if(LATCHKEY_FUZZ)
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${program} PRIVATE "${PROJECT_SOURCE_DIR}/tools/fuzz_replay_main.cc")
    add_test(NAME fuzz_replay.${program} COMMAND ${program} "${corpus}")
    set_tests_properties(fuzz_replay.${program} PROPERTIES TIMEOUT 180)
  endif()
endfunction()
