#include "api/people_api.h"

#include <optional>
#include <utility>

namespace latchkey::api {
namespace {

std::optional<webauthn::RelyingParty> PartyOf(const Settings& settings) {
  Result<webauthn::RelyingParty> party =
      webauthn::RelyingPartyOf(settings.public_url, settings.realm);
  if (!party) return std::nullopt;
  return std::move(*party);
}

}  // namespace

PeopleApi::PeopleApi(const PeopleParts& parts, const Shared& shared)
    : guard_({.sessions = parts.sessions,
              .factors = parts.factors,
              .sign_ins = parts.sign_ins,
              .clock = shared.clock,
              .settings = shared.settings,
              .lease = parts.lease}),
      services_{.sign_in = parts.sign_in,
                .sessions = parts.sessions,
                .factors = parts.factors,
                .links = parts.links,
                .accounts = parts.accounts,
                .credentials = shared.credentials,
                .policy = parts.policy,
                .guard = guard_,
                .directory = parts.directory,
                .sign_ins = parts.sign_ins,
                .clock = shared.clock,
                .random = parts.random,
                .pool = shared.pool,
                .outside_pool = parts.outside_pool,
                .settings = shared.settings,
                .party = PartyOf(shared.settings),
                .oidc = parts.oidc,
                .outbox = parts.outbox},
      admin_system_({.services = services_,
                     .store = parts.store,
                     .codec = parts.codec,
                     .apps = parts.apps,
                     .projection = parts.projection,
                     .health = parts.health}) {}

void PeopleApi::AddTo(Routes& routes) const {
  sign_in_.AddTo(routes);
  sessions_.AddTo(routes);
  factors_.AddTo(routes);
  passkeys_.AddTo(routes);
  links_.AddTo(routes);
  oidc_.AddTo(routes);
  admin_accounts_.AddTo(routes);
  admin_system_.AddTo(routes);
}

}  // namespace latchkey::api
