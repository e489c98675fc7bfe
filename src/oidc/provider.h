#pragma once

// Signing in at somebody else's: OpenID Connect Core 1.0, authorization code flow with PKCE S256,
// state and nonce.
//
//     Begin() ─> browser goes to attempt.url ─> comes back with ?code&state[&iss]
//     caller: compares state, in constant time, with the attempt of this browser; then forgets it
//     Complete(code, attempt) ─> token endpoint ─> ID token verified ─> Identity
//
// An attempt is the caller's to keep, on the server or sealed in a cookie, for minutes and for one
// use. Who signs in is issuer and subject, never the e-mail: a provider may give that to another
// tomorrow.
//
// Discovery and keys are fetched when first needed, kept an hour, and fetched again, at most once a
// minute, when a token names a key that is unknown. A failure is kept for ten seconds, in which it
// is the answer: of those who wait for a provider that hangs, one alone waits for all.
//
// Thread safety: all members may be called by several threads at once. They block on the network,
// so never on a thread that serves connections, nor on one that others wait for.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "oidc/fetcher.h"
#include "oidc/metadata.h"

namespace latchkey::oidc {

struct ProviderSettings {
  std::string issuer;  ///< Exactly as the provider writes it, with or without a slash at the end.
  std::string client_id;
  SecretString client_secret = {};  ///< Empty: a public client.
  std::string redirect_uri;         ///< PUBLIC_URL/login/oidc/NAME/callback.
  std::string scope = "openid email profile";
};

/// What one browser was sent away with.
struct Attempt {
  std::string url;    ///< Where to send it.
  std::string state;  ///< 43 characters, 256 random bits, as are the next two.
  std::string nonce;
  SecretString code_verifier;
  /// Of a proof by somebody who is signed in: when it was asked for. The provider must say that it
  /// saw the person since.
  std::optional<Instant> proof_since = {};
};

/// What the provider is asked to do, whatever session it has.
enum class Prompt : std::uint8_t {
  kAsItLikes,
  kProveAgain  ///< prompt=login and max_age=0 (Core section 3.1.2.1).
};

struct Callback {
  SecretString code;
  std::optional<std::string> issuer = {};  ///< The parameter `iss` (RFC 9207), if there was one.
};

struct Identity {
  std::string issuer;
  std::string subject;  ///< 1 to 255 characters of ASCII.
  std::string email = {};
  bool email_verified = false;
  std::string name = {};
};

class Provider {
 public:
  /// `fetcher`, `clock` and `random` outlive it. Asks nobody yet. Errors: kInvalidArgument for an
  /// issuer or redirect_uri that may not be asked (see MayBeAsked), or without a client_id.
  [[nodiscard]] static Result<std::unique_ptr<Provider>> Create(ProviderSettings settings,
                                                                Fetcher& fetcher,
                                                                const Clock& clock, Random& random);

  /// What the provider says of itself, fetched if it is not known or older than an hour. If that
  /// fails, what was known stays good for a day.
  /// Errors: kUnavailable, kLimitExceeded; kMalformed or kPermissionDenied for a document that is
  /// not this issuer's or lacks what we need.
  [[nodiscard]] Result<Metadata> Discover();

  /// Errors: of Discover(), of the Random.
  [[nodiscard]] Result<Attempt> Begin(Prompt prompt = Prompt::kAsItLikes);

  /// The caller has compared `state`.
  /// Errors: kPermissionDenied if anything is not as it must be, kUnavailable if the provider does
  /// not answer, kMalformed if it answers something else. No message quotes a code or token.
  [[nodiscard]] Result<Identity> Complete(const Callback& callback, const Attempt& attempt);

 private:
  Provider(ProviderSettings settings, Fetcher& fetcher, const Clock& clock, Random& random);

  struct Tokens {
    std::string id_token;
    SecretString access_token;
  };
  [[nodiscard]] Result<Tokens> Exchange(const Metadata& metadata, const Callback& callback,
                                        const Attempt& attempt);
  [[nodiscard]] FetchRequest TokenRequest(const Metadata& metadata, const Callback& callback,
                                          const Attempt& attempt) const;
  [[nodiscard]] Result<Identity> Verify(const Metadata& metadata, const std::string& id_token,
                                        const Attempt& attempt);
  [[nodiscard]] Result<void> AddUserInfo(const Metadata& metadata, const SecretString& access_token,
                                         Identity& identity);
  /// The key set: the one that is known, unless that is too old or `refresh` asks for a newer one.
  [[nodiscard]] Result<std::shared_ptr<const std::string>> Keys(const Metadata& metadata,
                                                                bool refresh);

  struct Failure {
    Error error;
    Instant until;  ///< Until then nobody asks again.
  };
  [[nodiscard]] Result<Metadata> FetchMetadata();
  [[nodiscard]] Result<std::shared_ptr<const std::string>> FetchKeys(const Metadata& metadata);
  /// Asks, unless it failed just now; remembers that it failed.
  template <typename F>
  [[nodiscard]] std::invoke_result_t<F&> Ask(std::optional<Failure>& failure, F fetch);

  const ProviderSettings settings_;
  Fetcher& fetcher_;
  const Clock& clock_;
  Random& random_;

  std::mutex mutex_;  // Held while fetching too: one asks, the others wait for its answer.
  std::optional<Metadata> metadata_;
  Instant metadata_at_{};
  std::optional<Failure> metadata_failure_;
  std::shared_ptr<const std::string> keys_;
  Instant keys_at_{};
  std::optional<Failure> keys_failure_;
};

}  // namespace latchkey::oidc
