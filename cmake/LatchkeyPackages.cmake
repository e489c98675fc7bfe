# External packages, all from Debian 12. The targets that a LINK of latchkey_library() may name:
#
#   OpenSSL::SSL OpenSSL::Crypto    TLS; digests, AEAD, HMAC           libssl-dev
#   PkgConfig::sodium               Argon2id, locked memory            libsodium-dev
#   PkgConfig::oath                 one-time passwords (RFC 6238)      liboath-dev
#   SQLite::SQLite3                 the store                          libsqlite3-dev
#   PkgConfig::pq                   the store of many nodes            libpq-dev
#   nlohmann_json::nlohmann_json    JSON outside the domain            nlohmann-json3-dev
#   PkgConfig::tomlplusplus         configuration and catalogues       libtomlplusplus-dev
#   PkgConfig::yaml                 OpenAPI documents in YAML          libyaml-dev
#   CLI11::CLI11                    the command line                   libcli11-dev
#   spdlog::spdlog fmt::fmt         logs, formatting                   libspdlog-dev libfmt-dev
#   PkgConfig::curl                 SMTP, HTTP to identity providers   libcurl4-openssl-dev
#   libsecret::headers              the desktop's keyring; loaded when used  libsecret-1-dev
#   PkgConfig::cjose                ID tokens                          libcjose-dev libjansson-dev
#   PkgConfig::fido2                passkeys                           libfido2-dev
#   PkgConfig::qrcodegencpp         QR codes                           libqrcodegencpp-dev
#   ZLIB::ZLIB                      CRC-32, gzip bodies                zlib1g-dev
#   prometheus-cpp::core            metrics                            prometheus-cpp-dev
#   Boost::headers Boost::url       Beast and Asio; URL                libboost1.81-dev libboost-url1.81-dev
#   Threads::Threads
#   GTest::gmock GTest::gtest_main  tests only                         libgtest-dev libgmock-dev
#   benchmark::benchmark_main       benchmarks only                    libbenchmark-dev

include_guard(GLOBAL)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url CONFIG)
pkg_check_modules(pq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(oath REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(cjose REQUIRED IMPORTED_TARGET cjose)
pkg_check_modules(fido2 REQUIRED IMPORTED_TARGET libfido2)
pkg_check_modules(qrcodegencpp REQUIRED IMPORTED_TARGET qrcodegencpp)

# Headers alone: a server should not need GLib, so client_io/ loads the library when it is asked for.
pkg_check_modules(libsecret REQUIRED libsecret-1)
add_library(latchkey_libsecret_headers INTERFACE)
target_include_directories(latchkey_libsecret_headers SYSTEM INTERFACE ${libsecret_INCLUDE_DIRS})
add_library(libsecret::headers ALIAS latchkey_libsecret_headers)

# Debian's package file of prometheus-cpp also wants the exposer's web server, which we do not use:
# the server answers /metrics itself. So the core library is taken by pkg-config.
pkg_check_modules(prometheus_core REQUIRED IMPORTED_TARGET prometheus-cpp-core)
add_library(prometheus-cpp::core ALIAS PkgConfig::prometheus_core)

target_compile_definitions(Boost::headers INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY)

if(LATCHKEY_TESTS)
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
endif()
if(LATCHKEY_BENCH)
  # Benchmarks use testing/ too, hence GoogleTest.
  find_package(benchmark QUIET)
  find_package(GTest QUIET)
  if(NOT benchmark_FOUND OR NOT GTest_FOUND)
    message(STATUS "Google Benchmark or GoogleTest is not installed: no benchmarks")
    set(LATCHKEY_BENCH OFF)
  endif()
endif()
