#pragma once

// Signing in: a password, then a second step where the account has one; or a passkey, or an
// identity elsewhere, which the caller has verified.
//
//     BeginByPassword ─┬─ no second step ───────────────────────────> NewSession
//                      └─ PendingAttempt ── FinishBy… (5 min, 5 wrong) ─> NewSession
//     SignInByPasskey, with user verification ────────────────────────> NewSession
//     SignInByIdentity ─────────────────── as BeginByPassword
//
// Nobody learns whether an account exists: an unknown name costs a hash as a known one does, gets
// the same answer, and is throttled as one: passwords are counted by the name as typed, so that an
// account has one count for its username and one for its e-mail address; what comes after, by the
// account. A failure is counted before the password is looked
// at, so that any number of requests at once gets no more guesses than one after the other.
//
// Thread safety: any number of threads; every function may block for the time of a password hash
// and of a sync.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "authority/factor_authority.h"
#include "authority/password_checker.h"
#include "authority/session_authority.h"
#include "authority/sign_in_client.h"
#include "authority/sign_in_result.h"
#include "signin/attempts.h"
#include "signin/challenges.h"
#include "signin/sign_in_throttle.h"

namespace latchkey {

/// The password was right and a second step is asked for.
struct PendingAttempt {
  SecretString cookie;               ///< For the attempt cookie, for `expires_at`.
  std::vector<std::string> methods;  ///< What the account can do: `totp`, `passkey`, …
  Instant expires_at;
};

using SignInOutcome = std::variant<NewSession, PendingAttempt>;

/// An assertion that the caller verified (WebAuthn level 3 section 7.2), but for what is stored.
struct VerifiedPasskey {
  std::string id;
  std::uint32_t sign_count = 0;
  bool user_verified = false;
};

/// What an identity provider said, which the caller verified.
struct VerifiedIdentity {
  std::string issuer;
  std::string subject;
  std::string email;  ///< Empty unless the provider says that it is verified.
};

/// For log and metrics. Holds nothing that was typed.
struct SignInEvent {
  enum class Outcome : std::uint8_t {
    kSignedIn,
    kSecondStepAsked,
    kFailed,
    kSecondStepFailed,
    kThrottled,
    kBusy
  };
  Outcome outcome;
  std::string method;  ///< `password`, `totp`, …
  AccountId account;   ///< Empty: none that exists.
  std::string address;
  std::string request_id;
  /// Of kSignedIn: `Firefox on Linux`, where that browser had not signed the account in before. Not
  /// after a link, which its owner was sent just now.
  std::string new_device = {};
};

/// `signed-in`, `second-step-asked`, `failed`, `second-step-failed`, `throttled`, `busy`.
[[nodiscard]] std::string_view OutcomeName(SignInEvent::Outcome outcome);

class SignInAuthority {
 public:
  struct Parts {
    const Directory& directory;
    const SignInDirectory& sign_ins;
    PasswordChecker& passwords;
    SignInThrottle& throttle;
    SessionAuthority& sessions;
    FactorAuthority& factors;
    const Clock& clock;
    Random& random;
    const SecretKey& device_key;
    std::function<void(const SignInEvent&)> on_event = {};  ///< By any thread.
  };

  /// The references in `parts` outlive this object.
  explicit SignInAuthority(Parts parts) : parts_(std::move(parts)) {}

  /// `user` is a username or an e-mail address.
  /// Refusals: kSignInFailed, kThrottled, kBusy, kError.
  [[nodiscard]] SignInResult<SignInOutcome> BeginByPassword(std::string_view user,
                                                            const SecretString& password, bool stay,
                                                            const SignInClient& client);

  /// The attempt of a cookie value; nothing if it is over. For the passkeys that may be offered.
  [[nodiscard]] std::optional<AccountId> FindAttempt(std::string_view cookie) const;

  /// Refusals: kSecondStepFailed, kAttemptOver, kThrottled, kError.
  [[nodiscard]] SignInResult<NewSession> FinishByTotp(std::string_view attempt,
                                                      std::string_view code,
                                                      const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> FinishByRecoveryCode(std::string_view attempt,
                                                              std::string_view code,
                                                              const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> FinishByPasskey(std::string_view attempt,
                                                         const VerifiedPasskey& passkey,
                                                         const SignInClient& client);
  /// For an assertion that did not verify: counts as a wrong second step, and never succeeds.
  [[nodiscard]] SignInResult<NewSession> RefusePasskey(std::string_view attempt,
                                                       const SignInClient& client);

  /// A passkey alone, which is both steps: the authenticator must have verified its user.
  /// Refusals: kSignInFailed, kThrottled, kError.
  [[nodiscard]] SignInResult<NewSession> SignInByPasskey(const VerifiedPasskey& passkey, bool stay,
                                                         const SignInClient& client);

  /// An identity that is linked, or that has the verified e-mail address of an account: then it is
  /// linked once the sign-in is complete. Refusals: as BeginByPassword.
  [[nodiscard]] SignInResult<SignInOutcome> SignInByIdentity(const VerifiedIdentity& identity,
                                                             bool stay, const SignInClient& client);

  /// After a proof that the caller has from elsewhere (a link): a session, or the second step.
  /// Refusals: kSignInFailed, kError.
  [[nodiscard]] SignInResult<SignInOutcome> BeginProven(const AccountId& account,
                                                        const std::string& method, bool stay,
                                                        const SignInClient& client);

  /// One more proof for a session that lives. Its cookie is new afterwards.
  /// Refusals: kSignInFailed (the password), kSecondStepFailed, kThrottled, kBusy, kError.
  [[nodiscard]] SignInResult<NewSession> ReauthenticateByPassword(const LiveSession& live,
                                                                  const SecretString& password,
                                                                  const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> ReauthenticateByTotp(const LiveSession& live,
                                                              std::string_view code,
                                                              const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> ReauthenticateByPasskey(const LiveSession& live,
                                                                 const VerifiedPasskey& passkey,
                                                                 const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> ReauthenticateByIdentity(const LiveSession& live,
                                                                  const VerifiedIdentity& identity,
                                                                  const SignInClient& client);

  /// For an account that changes its password: as ReauthenticateByPassword, then
  /// FactorAuthority::SetPassword, which ends all other sessions. `current` is asked for where the
  /// account has a password. Refusals: kSignInFailed (`current`), kThrottled, kBusy, kWeakPassword,
  /// kError.
  [[nodiscard]] SignInResult<void> ChangePassword(const LiveSession& live,
                                                  const SecretString& current,
                                                  const SecretString& password,
                                                  const SignInClient& client);

  /// WebAuthn challenges, each for one use within 5 minutes, by who asked: the attempt cookie's
  /// value, the session's id, or DrawChallengeOwner().
  [[nodiscard]] Result<std::string> MakeChallenge(std::string_view owner);
  [[nodiscard]] std::optional<std::string> TakeChallenge(std::string_view owner);
  /// For a passkey alone, before anybody is known: the attempt cookie's value.
  [[nodiscard]] Result<SecretString> DrawChallengeOwner();

 private:
  using Outcome = SignInEvent::Outcome;
  using Buckets = std::vector<std::string>;
  using Prove = std::function<Result<bool>()>;
  struct Step {
    AccountId account;
    std::string method;
    Outcome failed;  ///< What a wrong proof is.
    Buckets buckets;
  };

  /// Counts a failure, proves, and tells of what was refused. After a proof the failure is still
  /// counted: the caller takes it back.
  [[nodiscard]] SignInResult<void> Attend(const Step& step, const Prove& prove,
                                          const SignInClient& client);
  [[nodiscard]] Buckets BucketsOf(const AccountId& account, const SignInClient& client) const;
  /// Of a password for `account`, or for nobody's name.
  [[nodiscard]] Buckets BucketsOfName(const Account* account, std::string_view user,
                                      const SignInClient& client) const;
  /// Those whose row of failures a complete sign-in ends.
  [[nodiscard]] Buckets RowsOf(const Account& account, const SignInClient& client) const;
  [[nodiscard]] SignInResult<SignInOutcome> Proceed(SignInAttempt attempt,
                                                    const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> Complete(const SignInAttempt& attempt,
                                                  const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> FinishBy(
      std::string_view cookie, const std::string& method,
      const std::function<Result<bool>(const AccountId&, const Caller&)>& prove,
      const SignInClient& client);
  [[nodiscard]] SignInResult<NewSession> ReauthenticateBy(const LiveSession& live,
                                                          const std::string& method, Outcome failed,
                                                          const Prove& prove,
                                                          const SignInClient& client);
  /// With an empty account if nobody signs in by it.
  [[nodiscard]] SignInAttempt AttemptFor(const VerifiedIdentity& identity, bool stay) const;
  [[nodiscard]] Result<bool> ProvePassword(const LiveSession& live,
                                           const SecretString& password) const;
  void Tell(Outcome outcome, const Step& step, const SignInClient& client,
            std::string new_device = {}) const;
  [[nodiscard]] std::unexpected<SignInRefusal> Failed(Outcome outcome, const Step& step,
                                                      const SignInClient& client,
                                                      std::chrono::seconds retry_after = {}) const;

  Parts parts_;
  Attempts attempts_;
  Challenges challenges_;
};

}  // namespace latchkey
