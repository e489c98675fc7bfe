#include "authority/app_authority.h"

#include <algorithm>
#include <utility>

#include "authority/app_projection.h"
#include "base/text.h"

namespace latchkey {
namespace {

using enum Error::Code;

constexpr std::size_t kPage = 500;

std::unexpected<Error> IsLatchkey() {
  return Fail(kInvalidArgument, "the app \"latchkey\" cannot be changed",
              "Its scopes are for managing credentials, and part of every app.");
}

std::unexpected<Error> NoSuchApp(std::string_view name, const AppSet& apps) {
  std::vector<std::string> known;
  for (const auto& [one, app] : apps.apps()) known.push_back(one);
  const std::vector<std::string> nearest = NearestNames(name, known);
  return Fail(kNotFound, "no app \"" + EscapeForTerminal(name, 80) + "\"",
              nearest.empty() ? "\"latchkey app list\" shows them."
                              : "Did you mean " + JoinNames(nearest) + "?");
}

template <typename Entry>
void AddWithdrawn(const std::vector<Entry>& before, const std::vector<Entry>& after,
                  std::vector<std::string>& withdrawn) {
  for (const Entry& entry : before) {
    const bool stays = std::ranges::find(after, entry.name, &Entry::name) != after.end();
    if (!stays) withdrawn.push_back(entry.name);
  }
}

}  // namespace

Result<std::optional<AppRecord>> AppAuthority::FindRecord(std::string_view name) const {
  Result<Record> found = parts_.store.Find(RecordType::kApp, name);
  if (!found) {
    if (found.error().code == kNotFound) return std::optional<AppRecord>{};
    return std::unexpected(found.error());
  }
  if (Result<void> checked = parts_.sealer.Check(*found); !checked) {
    return std::unexpected(checked.error());
  }
  return std::optional{std::get<AppRecord>(*std::move(found))};
}

Result<std::optional<AppDefinition>> AppAuthority::FindDefinition(std::string_view name) const {
  Result<std::optional<AppRecord>> record = FindRecord(name);
  if (!record) return std::unexpected(record.error());
  if (!*record || (*record)->value.removed) return std::optional<AppDefinition>{};
  return std::optional{std::move((*record)->value.definition)};
}

Result<void> AppAuthority::Submit(AppRecord record, const ChangeInfo& info) {
  if (Result<void> sealed = parts_.sealer.Authenticate(record); !sealed) return sealed;
  return parts_.ledger.Submit({.record = std::move(record), .info = info, .claim = {}});
}

Result<std::uint64_t> AppAuthority::VersionToReplace(const std::string& name) const {
  const Result<std::optional<AppRecord>> record = FindRecord(name);
  if (record) return *record ? (*record)->version + 1 : 1;
  // A record that somebody edited is replaced whole: nothing of it is taken but its version.
  const Result<Record> found = parts_.store.Find(RecordType::kApp, name);
  if (!found || record.error().code != kTampered) return std::unexpected(record.error());
  return std::max(VersionOf(*found), parts_.projection.KnownVersion(RecordType::kApp, name)) + 1;
}

Result<AppAdded> AppAuthority::Add(const AppDefinition& definition, const Caller& caller) {
  if (definition.name == kLatchkeyApp) return IsLatchkey();
  const std::scoped_lock lock{mutex_};
  // Before anything is written: what does not compile changes nothing.
  if (const Result<CompiledApp> compiled = CompileDefinition(definition, parts_.catalogues);
      !compiled) {
    return std::unexpected(compiled.error());
  }
  const Catalogue* before = parts_.catalogues.Find(definition.name);
  AppAdded added{.replaced = false, .withdrawn = {}};
  if (before != nullptr && !definition.built_in) {
    AddWithdrawn(before->permissions(), definition.catalogue.permissions, added.withdrawn);
    std::vector<Scope> own = before->scopes();
    const Catalogue* management = parts_.catalogues.Find(kLatchkeyApp);
    std::erase_if(own, [management](const Scope& scope) {
      return management != nullptr && management->ScopeSet({scope.name}).has_value();
    });
    AddWithdrawn(own, definition.catalogue.scopes, added.withdrawn);
  }
  const Result<std::uint64_t> version = VersionToReplace(definition.name);
  if (!version) return std::unexpected(version.error());
  added.replaced = before != nullptr && (*version > 1 || !definition.built_in);
  Result<void> done = Submit(
      {.value = {.definition = definition, .removed = false}, .version = *version, .seal = {}},
      caller.Info(added.replaced ? "app.replace" : "app.add"));
  // Credentials of an app that was refused were left out of memory.
  if (done && before == nullptr) {
    done = parts_.projection.ReloadCredentials(parts_.store, definition.name);
  }
  if (!done) return std::unexpected(done.error());
  return added;
}

template <typename Visit>
Result<void> AppAuthority::VisitInForce(const std::string& name, Visit visit) const {
  const Instant now = parts_.clock.Now();
  CredentialFilter filter{.app = name, .limit = kPage};
  while (true) {
    const Result<std::vector<CredentialRecord>> page = parts_.store.ListCredentials(filter);
    if (!page) return std::unexpected(page.error());
    for (const CredentialRecord& record : *page) {
      const bool ended = record.revoked_at || (record.expires_at && now >= *record.expires_at);
      if (!ended) visit(record);
    }
    if (page->size() < kPage) return {};
    filter.after = page->back().id;
  }
}

Result<std::uint64_t> AppAuthority::CountInForce(const std::string& name) const {
  std::uint64_t count = 0;
  const Result<void> visited = VisitInForce(name, [&count](const CredentialRecord&) { ++count; });
  if (!visited) return std::unexpected(visited.error());
  return count;
}

Result<std::uint64_t> AppAuthority::RevokeAll(const std::string& name, const Caller& caller) {
  const Instant now = parts_.clock.Now();
  std::vector<Write> writes;
  const Result<void> visited = VisitInForce(name, [&](CredentialRecord record) {
    const Result<Digest> digest = parts_.sealer.OpenCredential(record);
    // One that does not open is refused already, and stays so.
    if (!digest) return;
    record.revoked_at = now;
    record.revoke_reason = "the app was removed";
    ++record.version;
    if (!parts_.sealer.SealCredential(record, *digest)) return;
    writes.push_back({.record = std::move(record),
                      .info = caller.Info("credential.revoke", "the app was removed"),
                      .claim = {}});
  });
  if (!visited) return std::unexpected(visited.error());
  std::uint64_t revoked = 0;
  for (const Result<void>& outcome : parts_.ledger.SubmitAll(std::move(writes))) {
    if (outcome) {
      ++revoked;
    } else if (outcome.error().code != kConflict) {
      return std::unexpected(outcome.error());
    }
  }
  return revoked;
}

Result<std::uint64_t> AppAuthority::EndCredentials(const std::string& app, bool revoke_credentials,
                                                   const Caller& caller) {
  const Result<std::uint64_t> in_force = CountInForce(app);
  if (!in_force) return in_force;
  if (*in_force > 0 && !revoke_credentials) {
    return Fail(
        kConflict,
        std::to_string(*in_force) + " credential(s) of the app \"" + app + "\" are in force",
        "Revoke them first, or add --revoke-credentials.");
  }
  return RevokeAll(app, caller);
}

Result<std::uint64_t> AppAuthority::Remove(std::string_view name, bool revoke_credentials,
                                           const Caller& caller) {
  if (name == kLatchkeyApp) return IsLatchkey();
  const std::scoped_lock lock{mutex_};
  Result<std::optional<AppRecord>> record = FindRecord(name);
  if (!record) return std::unexpected(record.error());
  if (!*record || (*record)->value.removed) {
    if (parts_.catalogues.IsBuiltIn(name)) {
      return Fail(kNotFound, "nothing was added to the built-in app \"" + std::string{name} + "\"",
                  "It stays: repositories are served by its catalogue.");
    }
    return NoSuchApp(name, *apps());
  }
  AppRecord next = **std::move(record);
  const std::string app = next.value.definition.name;
  std::uint64_t revoked = 0;
  const bool built_in = next.value.definition.built_in;
  if (!built_in) {
    const Result<std::uint64_t> ended = EndCredentials(app, revoke_credentials, caller);
    if (!ended) return ended;
    revoked = *ended;
  }
  next.value.removed = true;
  ++next.version;
  if (Result<void> done = Submit(std::move(next), caller.Info("app.remove")); !done) {
    return std::unexpected(done.error());
  }
  if (built_in) return revoked;
  // What was issued between the two.
  const Result<std::uint64_t> late = RevokeAll(app, caller);
  if (!late) return late;
  return revoked + *late;
}

}  // namespace latchkey
