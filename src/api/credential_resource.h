#pragma once

// /api/v1/api-tokens and /api/v1/app-passwords: the caller's own credentials of one kind.
//
// Open to API tokens, with read:credential:latchkey for reading and write:credential:latchkey for
// changes, and to people who are signed in, for making one with a fresh proof. What does not exist,
// is somebody else's or of the other kind is one and the same 404.
//
// Thread safety: any number of requests at once.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/asker.h"
#include "api/call.h"
#include "api/guard.h"
#include "api/services.h"
#include "authority/credential_authority.h"
#include "authority/usage_store.h"
#include "http/blocking_pool.h"
#include "problem/json_text.h"
#include "scope/requirement.h"

namespace latchkey::api {

class CredentialResource {
 public:
  /// The references outlive the resource.
  struct Parts {
    const Guard& guard;
    const Services& services;
    CredentialAuthority& authority;
    const UsageStore& usage;
    const Clock& clock;
    http::BlockingPool& pool;
    const Settings& settings;
    Requirement read;
    Requirement write;
  };

  CredentialResource(CredentialKind kind, Parts parts) : kind_(kind), parts_(std::move(parts)) {}

  /// `/api/v1/api-tokens`
  [[nodiscard]] std::string_view path() const;

  http::Awaitable<Outcome> List(const Call& call) const;
  http::Awaitable<Outcome> Issue(const Call& call) const;
  http::Awaitable<Outcome> Show(const Call& call) const;
  http::Awaitable<Outcome> Rename(const Call& call) const;
  http::Awaitable<Outcome> Revoke(const Call& call) const;
  /// {"ids":[…]} or {"all":true}, and a reason.
  http::Awaitable<Outcome> RevokeMany(const Call& call) const;

  /// Makes one for `account`, on behalf of `caller`, who was admitted.
  [[nodiscard]] http::Awaitable<Outcome> IssueFor(const Call& call, const Account& account,
                                                  const Caller& caller) const;

 private:
  [[nodiscard]] OrProblem<Asker> Admit(const Call& call, const Requirement& requirement,
                                       std::string_view verb) const;
  /// What policy and who asks leave no room for, whatever else the request says.
  [[nodiscard]] OrProblem<void> CheckMayIssue(const IssueRequest& request, const Account& account,
                                              const Caller& caller) const;
  [[nodiscard]] Result<CredentialRecord> Find(std::string_view id, const Caller& caller) const;
  [[nodiscard]] Problem ProblemFrom(const Error& error) const;
  /// Each as JSON, with its uses. Blocks. Errors: as UsageStore::Find.
  [[nodiscard]] Result<std::vector<Json>> DescribeUsed(std::span<const CredentialRecord> records,
                                                       const Account& account) const;
  [[nodiscard]] Outcome AnswerWith(const Result<CredentialRecord>& record,
                                   const Account& account) const;
  [[nodiscard]] Outcome AnswerIssued(Issued issued, const Account& account) const;

  CredentialKind kind_;
  Parts parts_;
};

/// Problems: kInvalidValue, naming `ids`: more than 4,000, or one that is no credential's id.
[[nodiscard]] OrProblem<std::vector<CredentialId>> ParseIds(const std::vector<std::string>& texts);

}  // namespace latchkey::api
