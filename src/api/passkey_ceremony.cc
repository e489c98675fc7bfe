#include "api/passkey_ceremony.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

using webauthn::Ceremony;
using webauthn::Descriptor;
using webauthn::UserVerification;

constexpr std::chrono::minutes kTimeout{5};

std::vector<Descriptor> DescriptorsOf(const SignIn* sign_in) {
  std::vector<Descriptor> descriptors;
  if (sign_in == nullptr) return descriptors;
  for (const Passkey& passkey : sign_in->passkeys) {
    descriptors.push_back({.id = passkey.id, .transports = passkey.transports});
  }
  return descriptors;
}

UserVerification VerificationFor(const AccountId* account) {
  return account == nullptr ? UserVerification::kRequired : UserVerification::kPreferred;
}

std::vector<std::string> IdsOf(const std::vector<Descriptor>& descriptors) {
  std::vector<std::string> ids;
  for (const Descriptor& descriptor : descriptors) ids.push_back(descriptor.id);
  return ids;
}

Json PublicKey(nlohmann::ordered_json options) {
  Json json;
  json["publicKey"] = std::move(options);
  return json;
}

Result<std::string> TakeChallenge(const Services& services, std::string_view owner) {
  std::optional<std::string> challenge = services.sign_in.TakeChallenge(owner);
  if (challenge) return std::move(*challenge);
  return Fail(Error::Code::kPermissionDenied, "the question is too old or was answered before",
              "Try again.");
}

}  // namespace

OrProblem<void> RequirePasskeys(const Services& services) {
  if (services.party) return {};
  return ProblemWith(ProblemType::kNotFound,
                     "browsers offer no passkeys at this address: it takes a host name with https, "
                     "or localhost");
}

OrProblem<Json> MakeRequestOptions(const Services& services, std::string_view owner,
                                   const AccountId* account) {
  Result<std::string> challenge = services.sign_in.MakeChallenge(owner);
  if (!challenge) return std::unexpected(ProblemFor(challenge.error()));
  std::shared_ptr<const SignIn> sign_in;
  if (account != nullptr) sign_in = services.factors.Find(*account);
  const std::vector<Descriptor> allowed = DescriptorsOf(sign_in.get());
  const Ceremony ceremony{.challenge = std::move(*challenge),
                          .user_verification = VerificationFor(account),
                          .allowed = IdsOf(allowed)};
  return PublicKey(webauthn::RequestOptions(*services.party, ceremony, allowed, kTimeout));
}

OrProblem<Json> MakeCreationOptions(const Services& services, std::string_view owner,
                                    const Account& account) {
  Result<std::string> challenge = services.sign_in.MakeChallenge(owner);
  if (!challenge) return std::unexpected(ProblemFor(challenge.error()));
  const Ceremony ceremony{.challenge = std::move(*challenge),
                          .user_verification = UserVerification::kPreferred};
  const std::shared_ptr<const SignIn> sign_in = services.factors.Find(account.id);
  const std::vector<Descriptor> existing = DescriptorsOf(sign_in.get());
  const webauthn::User user{
      .handle = account.id, .name = account.username, .display_name = account.display_name};
  return PublicKey(webauthn::CreationOptions(*services.party, ceremony, user, existing, kTimeout));
}

Result<VerifiedPasskey> CheckAssertion(const Services& services, std::string_view owner,
                                       const AccountId* account, const JsonBody& credential) {
  // First, so that whatever comes of it, the challenge is used up.
  Result<std::string> challenge = TakeChallenge(services, owner);
  if (!challenge) return std::unexpected(challenge.error());
  const Result<webauthn::Assertion> assertion = webauthn::ParseAssertion(credential.object());
  if (!assertion) return std::unexpected(assertion.error());
  const std::shared_ptr<const SignIn> sign_in =
      account != nullptr ? services.factors.Find(*account)
                         : services.sign_ins.FindByPasskey(assertion->id);
  const std::vector<Descriptor> descriptors = DescriptorsOf(sign_in.get());
  Ceremony ceremony{.challenge = std::move(*challenge),
                    .user_verification = VerificationFor(account)};
  if (account != nullptr) ceremony.allowed = IdsOf(descriptors);
  if (sign_in) {
    for (const Passkey& passkey : sign_in->passkeys) {
      if (passkey.id != assertion->id) continue;
      const webauthn::Known known{.id = passkey.id,
                                  .public_key = passkey.public_key,
                                  .sign_count = passkey.sign_count,
                                  .user_handle = sign_in->account,
                                  .backup_eligible = passkey.backup_eligible};
      const Result<webauthn::Proof> proof =
          webauthn::VerifyAssertion(*services.party, ceremony, known, *assertion);
      if (!proof) return std::unexpected(proof.error());
      return VerifiedPasskey{
          .id = passkey.id, .sign_count = proof->sign_count, .user_verified = proof->user_verified};
    }
  }
  return Fail(Error::Code::kPermissionDenied, "no such passkey");
}

Result<Passkey> CheckRegistration(const Services& services, std::string_view owner,
                                  const JsonBody& credential) {
  Result<std::string> challenge = TakeChallenge(services, owner);
  if (!challenge) return std::unexpected(challenge.error());
  const Ceremony ceremony{.challenge = std::move(*challenge),
                          .user_verification = UserVerification::kPreferred};
  Result<webauthn::Registration> made =
      webauthn::VerifyRegistration(*services.party, ceremony, credential.object());
  if (!made) return std::unexpected(made.error());
  Passkey passkey;
  passkey.id = std::move(made->id);
  passkey.public_key = std::move(made->public_key);
  passkey.sign_count = made->sign_count;
  passkey.user_verified = made->user_verified;
  passkey.backup_eligible = made->backup_eligible;
  passkey.transports = std::move(made->transports);
  return passkey;
}

}  // namespace latchkey::api
