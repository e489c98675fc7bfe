#pragma once

// /api/v1/api-tokens and /api/v1/app-passwords: the caller's own credentials of one kind.
//
// Open to API tokens alone, with read:credential:latchkey for reading and write:credential:latchkey
// for changes. What does not exist, is somebody else's or of the other kind is one and the same
// 404.
//
// Thread safety: any number of requests at once.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.h"
#include "api/guard.h"
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

 private:
  [[nodiscard]] OrProblem<Grant> Admit(const Call& call, const Requirement& requirement,
                                       std::string_view verb) const;
  [[nodiscard]] Result<CredentialRecord> Find(std::string_view id, const Caller& caller) const;
  [[nodiscard]] Problem ProblemFrom(const Error& error) const;
  /// Each as JSON, with its uses. Blocks. Errors: as UsageStore::Find.
  [[nodiscard]] Result<std::vector<Json>> DescribeUsed(std::span<const CredentialRecord> records,
                                                       const Holder& holder) const;
  [[nodiscard]] Outcome AnswerWith(const Result<CredentialRecord>& record,
                                   const Holder& holder) const;
  [[nodiscard]] Outcome AnswerIssued(Issued issued, const Holder& holder) const;

  CredentialKind kind_;
  Parts parts_;
};

}  // namespace latchkey::api
