#include "authority/policy_authority.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace latchkey {
namespace {

using enum Error::Code;

std::string DescribeSpan(std::chrono::seconds span) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(span);
  if (days == span) return std::to_string(days.count()) + "d";
  return std::to_string(span.count()) + "s";
}

Result<void> CheckLifetime(std::string_view what, std::chrono::seconds span,
                           std::chrono::seconds min, std::chrono::seconds max,
                           std::string_view bound) {
  if (span >= min && span <= max) return {};
  return Fail(
      kInvalidArgument,
      "the policy's " + std::string{what} + " of " + DescribeSpan(span) + " is out of bounds",
      "Choose between " + DescribeSpan(min) + " and " + DescribeSpan(max) + ", " +
          std::string{bound} + ".");
}

}  // namespace

Result<InstallationPolicy> PolicyAuthority::Set(const InstallationPolicy& policy,
                                                const Caller& caller) {
  if (Result<void> valid = Validate(policy); !valid) return std::unexpected(valid.error());
  PolicyRecord record{.value = policy, .version = 1, .seal = {}};
  std::ranges::sort(record.value.token_apps);
  const auto repeated = std::ranges::unique(record.value.token_apps);
  record.value.token_apps.erase(repeated.begin(), repeated.end());
  const Result<std::uint64_t> version = NextVersion();
  if (!version) return std::unexpected(version.error());
  record.version = *version;
  if (Result<void> sealed = parts_.sealer.Authenticate(record); !sealed) {
    return std::unexpected(sealed.error());
  }
  Result<void> submitted = parts_.ledger.Submit({.record = record,
                                                 .info = caller.Info("policy.set"),
                                                 .claim = {},
                                                 .on_behalf_of = caller.credential(),
                                                 .on_behalf_of_session = caller.session});
  if (!submitted) return std::unexpected(submitted.error());
  return record.value;
}

Result<std::uint64_t> PolicyAuthority::NextVersion() const {
  const Result<Record> stored = parts_.store.Find(RecordType::kPolicy, kPolicyKey);
  if (stored) return VersionOf(*stored) + 1;
  if (stored.error().code != kNotFound) return std::unexpected(stored.error());
  return 1;
}

Result<void> PolicyAuthority::Validate(const InstallationPolicy& policy) const {
  const Policy& settings = parts_.settings;
  if (policy.token_lifetime_max) {
    Result<void> fits =
        CheckLifetime("token_lifetime_max", *policy.token_lifetime_max, settings.token_lifetime_min,
                      settings.token_lifetime_max, "the bounds that the server's settings give");
    if (!fits) return fits;
  }
  if (policy.token_lifetime_default) {
    Result<void> fits = CheckLifetime(
        "token_lifetime_default", *policy.token_lifetime_default, settings.token_lifetime_min,
        policy.token_lifetime_max.value_or(settings.token_lifetime_max),
        "the longest that the policy allows");
    if (!fits) return fits;
  }
  for (const std::string& app : policy.token_apps) {
    const Result<const Catalogue*> found = parts_.catalogues.Require(app);
    if (!found) return std::unexpected(found.error());
  }
  return {};
}

}  // namespace latchkey
