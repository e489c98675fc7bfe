#pragma once

// One Git request, from the checks to the last byte. Used by GitHandler alone.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "git/child.h"
#include "git/denial_response.h"
#include "git/git_handler.h"
#include "git/request_body.h"
#include "git/service.h"
#include "http/exchange.h"
#include "verify/verdict.h"

namespace latchkey::git {

/// What a path asks for.
struct GitOperation {
  /// Nothing: `info/refs` with a `service` that is none.
  std::optional<GitService> service;
  bool advertises = false;  ///< `info/refs`.
};

/// The version that a Git-Protocol field asks for: 0 to 2. Nothing but exactly `version=N` counts,
/// and that only once; anything else is as if it had not been sent.
[[nodiscard]] int ParseGitProtocol(const http::Fields& fields);

class GitRequest {
 public:
  GitRequest(GitHandler& handler, http::Exchange& exchange, std::string workspace,
             std::string slug);

  Awaitable<void> Run(GitOperation operation);

 private:
  // Verifies the credential for `service`, as of now.
  [[nodiscard]] Verdict Verify(GitService service) const;
  // Verifies again; the answer for a credential that is no longer good.
  [[nodiscard]] std::optional<http::Response> Recheck() const;
  [[nodiscard]] std::optional<http::Response> RecheckAfterAWhile();
  // Checks the head; the answer if something about it is wrong.
  [[nodiscard]] std::optional<http::Response> CheckHead(const GitOperation& operation) const;
  [[nodiscard]] std::optional<http::Response> Authorize(const GitOperation& operation);
  [[nodiscard]] http::Response Deny(const Denial& denial) const;

  [[nodiscard]] GitCommand Command(bool advertises) const;
  Awaitable<void> Serve(bool advertises);
  Awaitable<void> Advertise(Child& child);
  Awaitable<void> Transfer(Child& child, RequestBody body);

  // Hands the body to git; false if the request was answered or needs no answer.
  Awaitable<bool> Feed(Child& child, RequestBody& body);
  Awaitable<bool> Hand(Child& child, std::span<const char> bytes);
  Awaitable<bool> Refuse(Child& child, const RequestBody& body, const Error& error);

  // Sends what git says, `size` bytes of which stand in `buffer` already.
  Awaitable<void> Stream(Child& child, std::string_view type, std::string_view prefix,
                         std::vector<char> buffer, std::size_t size);
  Awaitable<bool> Pass(Child& child, std::vector<char>& buffer, std::size_t size);
  Awaitable<void> ReplyWhole(Child& child, std::string_view type, std::string body);
  Awaitable<void> AnswerFailure(Child& child, std::string_view reason);
  Awaitable<void> Send(http::Response response);
  void Note(const Child& child, std::string_view fault);

  [[nodiscard]] DenialWords words() const;

  GitHandler& handler_;
  http::Exchange& exchange_;
  std::string workspace_;
  std::string slug_;
  GitService service_ = GitService::kUploadPack;
  std::optional<Presented> presented_;
  AccountId account_;  // Whose credential it is; for its share of the git processes.
  Instant verified_at_;
  FileDescriptor directory_;
  bool child_wants_more_ = true;
};

}  // namespace latchkey::git
