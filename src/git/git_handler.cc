#include "git/git_handler.h"

#include <utility>

#include "git/git_request.h"

namespace latchkey::git {
namespace {

constexpr std::string_view kInfoRefs = "info/refs";
constexpr std::string_view kSuffix = ".git";

/// What a request asks for; nothing if the path leads nowhere.
std::optional<GitOperation> FindOperation(const http::RequestHead& head, std::string_view rest) {
  if (rest == kInfoRefs) {
    const std::vector<std::string> values = head.target.QueryValues("service");
    GitOperation operation{.service = std::nullopt, .advertises = true};
    if (values.size() == 1) operation.service = ParseService(values.front());
    return operation;
  }
  const std::optional<GitService> service = ParseService(rest);
  if (!service) return std::nullopt;
  return GitOperation{.service = service, .advertises = false};
}

}  // namespace

GitHandler::GitHandler(const Verifier& verifier, const Directory& directory,
                       GitRequirements requirements, const RepositoryStore& repositories,
                       UsageRecorder& usage, const Clock& clock, GitSettings settings)
    : verifier_(verifier),
      directory_(directory),
      requirements_(std::move(requirements)),
      repositories_(repositories),
      usage_(usage),
      clock_(clock),
      settings_(std::move(settings)),
      slots_(settings_.slots) {}

http::Awaitable<void> GitHandler::Handle(http::Exchange& exchange, std::string workspace,
                                         std::string repository, std::string rest) {
  if (repository.ends_with(kSuffix)) repository.resize(repository.size() - kSuffix.size());
  const std::optional<GitOperation> operation = FindOperation(exchange.head(), rest);
  if (!operation) {
    http::Response missing =
        MakeNotFound({.realm = settings_.realm, .public_url = settings_.public_url});
    const Result<void> ignored = co_await exchange.Respond(std::move(missing));
    static_cast<void>(ignored);
    co_return;
  }
  GitRequest request{*this, exchange, std::move(workspace), std::move(repository)};
  co_await request.Run(*operation);
}

}  // namespace latchkey::git
