#pragma once

// A real PostgreSQL server for tests: the one that is installed, with a data directory of its own,
// reached by a Unix socket alone, without the waits for the disk. It ends with this process,
// however that ends.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/postgres/connection.h"
#include "testing/scratch_directory.h"

namespace latchkey::postgres {

class TestServer {
 public:
  /// The server of this process, which the first call begins. Without PostgreSQL's programs the
  /// test fails, and says what to install; then null.
  [[nodiscard]] static TestServer* Get();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  /// A database of its own for whoever has `directory`: the same for the same one, with Latchkey's
  /// tables and nothing in them.
  [[nodiscard]] Settings DatabaseOf(const std::filesystem::path& directory);
  /// A new one, with nothing at all in it.
  [[nodiscard]] Settings NewDatabase();
  /// The directory of the socket.
  [[nodiscard]] std::string directory() const { return directory_.path(); }
  /// Ends it, and whoever uses it is disconnected.
  void Stop();
  /// Begins it again. False, and the test has failed, if it cannot.
  [[nodiscard]] bool Start();

 private:
  TestServer();

  [[nodiscard]] bool MakeCluster();
  [[nodiscard]] bool MakeTemplate();
  void DropUnused();
  [[nodiscard]] Settings SettingsOf(const std::string& database) const;

  struct Database {
    std::filesystem::path directory;
    std::string name;
  };

  ScratchDirectory directory_;
  std::filesystem::path programs_;
  std::vector<Database> databases_;
  int made_ = 0;
  pid_t pid_ = -1;
};

/// In the database of `settings`, which others may be using.
void Execute(const Settings& settings, const std::string& sql);

/// The settings of a database for `directory`; the test has failed if there is no server.
[[nodiscard]] Settings DatabaseOf(const std::filesystem::path& directory);

}  // namespace latchkey::postgres
