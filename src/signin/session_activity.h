#pragma once

// When each session was last seen, and from where. It grants nothing by itself, so it is neither
// sealed nor journaled: in memory, and carried to the usage file every few seconds
// (authority/sign_in_notes.h).
//
// Thread safety: any number of threads.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

namespace latchkey {

struct SessionSeen {
  std::string id;
  Instant at;
  std::string address;

  friend bool operator==(const SessionSeen&, const SessionSeen&) = default;
};

class SessionActivity {
 public:
  void Note(std::string_view id, Instant now, std::string_view address);
  [[nodiscard]] std::optional<SessionSeen> Find(std::string_view id) const;
  void Forget(std::string_view id);
  /// Forgets those last seen before that.
  void ForgetBefore(Instant then);

  /// Those noted since the last call.
  [[nodiscard]] std::vector<SessionSeen> CollectChanged();
  /// What was stored; what is known already stays.
  void Restore(const std::vector<SessionSeen>& seen);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, SessionSeen, std::less<>> seen_;
  std::set<std::string, std::less<>> changed_;
};

}  // namespace latchkey
