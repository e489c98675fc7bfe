#pragma once

// The use cases of sessions: begin, find, list, rename, renew, end.
//
//     cookie value = id "." secret        the record's seal holds SHA-256 of the whole
//
// Every change is durable and in force when its function returns: a session that ended is refused
// from then on, also after a restart. Find() is asked on every request and reads memory alone.
//
// Thread safety: any number of threads; all but Find() may block for the time of a sync.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/record_sealer.h"
#include "authority/sign_in_client.h"
#include "authority/store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "signin/session.h"
#include "signin/session_activity.h"
#include "signin/session_limits.h"
#include "signin/sign_in_directory.h"
#include "verify/directory.h"

namespace latchkey {

struct SessionStart {
  AccountId account;
  std::vector<std::string> methods;  ///< What was proven: see Session::methods.
  bool stay = false;                 ///< "Stay signed in": the longer limits.
};

struct NewSession {
  Session session;
  SecretString cookie;  ///< Shown once.
  SecretString device;  ///< For the device cookie, for a year.
};

/// A session that is in force, as a request finds it.
struct LiveSession {
  std::shared_ptr<const Session> session;
  std::shared_ptr<const Account> account;
  Instant last_seen_at;
  Instant idle_until;            ///< When it ends if nothing more comes.
  Instant reauthenticate_after;  ///< From then on what makes secrets asks for a proof again.
};

struct ListedSession {
  Session session;
  Instant last_seen_at;
};

class SessionAuthority {
 public:
  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const SignInDirectory& sign_ins;
    const Directory& directory;
    SessionActivity& activity;
    const Clock& clock;
    Random& random;
    const SecretKey& device_key;  ///< Authenticates device cookies: see signin/device.h.
    SessionLimits limits;
  };

  /// The references in `parts` outlive this object.
  explicit SessionAuthority(const Parts& parts) : parts_(parts) {}

  /// For an account that has proven itself. Where it has more than the limits allow, the oldest
  /// end. Errors: kNotFound; kPermissionDenied if it is suspended; as Ledger::Submit.
  [[nodiscard]] Result<NewSession> Begin(const SessionStart& start, const SignInClient& client);

  /// The session of a cookie value, if it is in force: known, neither ended nor past a limit, its
  /// account active. Notes that it was seen. Takes the same time whatever the secret.
  [[nodiscard]] std::optional<LiveSession> Find(std::string_view cookie,
                                                std::string_view address) const;

  /// After another proof: the same session, with a new secret, so that who copied the old one gains
  /// nothing. Errors: kNotFound if it is not in force any more; as Ledger::Submit.
  [[nodiscard]] Result<NewSession> Renew(const LiveSession& live, const std::string& method,
                                         const SignInClient& client);

  /// Those in force, newest first.
  [[nodiscard]] std::vector<ListedSession> List(const AccountId& account) const;

  /// Errors: kInvalidArgument (a name); kNotFound (also a session of another account); as
  /// Ledger::Submit.
  [[nodiscard]] Result<Session> Rename(const AccountId& account, std::string_view id,
                                       const std::string& name, const Caller& caller);
  [[nodiscard]] Result<void> End(const AccountId& account, std::string_view id,
                                 const std::string& reason, const Caller& caller);
  /// All in force but `except` (empty: all). Returns how many. Errors: as Ledger::Submit; then some
  /// may have ended.
  [[nodiscard]] Result<std::uint64_t> EndAll(const AccountId& account, std::string_view except,
                                             const std::string& reason, const Caller& caller);

  [[nodiscard]] const SessionLimits& limits() const { return parts_.limits; }

 private:
  [[nodiscard]] Result<SessionRecord> FindRecord(const AccountId& account,
                                                 std::string_view id) const;
  /// Ends those beyond the limit, oldest first, but not `newest`.
  [[nodiscard]] Result<void> MakeRoom(const AccountId& account, std::string_view newest,
                                      const Caller& caller);
  [[nodiscard]] Result<SecretString> DeviceFor(const AccountId& account,
                                               const SignInClient& client) const;
  [[nodiscard]] Instant LastSeen(const Session& session) const;
  [[nodiscard]] bool IsInForce(const Session& session) const;
  /// `edit(session, digest)` makes the next version. Tries again where somebody was faster.
  template <typename Edit>
  [[nodiscard]] Result<Session> Change(const AccountId& account, std::string_view id,
                                       const ChangeInfo& info, Edit edit);

  Parts parts_;
};

}  // namespace latchkey
