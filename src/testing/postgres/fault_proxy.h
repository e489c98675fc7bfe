#pragma once

// Stands between a test and its database server, and does what networks do.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/postgres/connection.h"
#include "testing/scratch_directory.h"

namespace latchkey::postgres {

class FaultProxy {
 public:
  enum class Fault : std::uint8_t {
    kNone,
    kSilence,     ///< Nothing passes any more, and nobody is told.
    kCutRequest,  ///< The next COMMIT does not arrive: the connection breaks before. Once.
    kCutAnswer,   ///< The next COMMIT arrives, and its answer does not. Once.
  };

  /// For the server whose socket is in `directory`.
  explicit FaultProxy(std::string directory);
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;
  ~FaultProxy();

  /// The same database as `settings`, by way of this proxy.
  [[nodiscard]] Settings Through(const Settings& settings) const;
  void Set(Fault fault) { fault_ = fault; }

 private:
  void Accept();
  void Carry(int client, int server);
  /// False: the connection is to be cut.
  [[nodiscard]] bool CarryRequest(int client, int server, bool& committing);
  [[nodiscard]] bool CarryAnswer(int server, int client, bool committing);

  const std::string directory_;
  ScratchDirectory own_;
  int listener_ = -1;
  std::atomic<Fault> fault_{Fault::kNone};
  std::mutex mutex_;
  std::vector<int> sockets_;  // Shut down at the end.
  std::vector<std::thread> carriers_;
  std::thread acceptor_;
};

}  // namespace latchkey::postgres
