#include "api/link_resource.h"

#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "api/letters.h"
#include "api/members.h"
#include "api/sign_in_problem.h"
#include "api/sign_in_resource.h"
#include "base/instant.h"
#include "mail/message.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

Json LinkJson(const LinkView& view) {
  Json json;
  json["kind"] = KindName(view.link.kind);
  if (view.account) {
    json["email"] = view.account->email;
    json["username"] = view.account->username;
  }
  json["expires_at"] = FormatInstant(view.link.expires_at);
  return json;
}

/// Makes and mails a reset for a name, if it is somebody's who may have one.
void MailReset(const Services& services, const std::string& user, const Caller& caller) {
  const Result<std::optional<NewLink>> link = services.links.MakeByAsk(user, caller);
  if (!link || !*link) return;
  const auto account = services.directory.FindAccount((*link)->link.account.value_or(AccountId{}));
  if (account) MailLink(services, *account, **link);
}

}  // namespace

SecretString LinkUrl(const Settings& settings, const SecretString& text) {
  std::string url;
  constexpr std::string_view kPath = "/link#";
  url.reserve(settings.public_url.size() + kPath.size() + text.size());
  url.append(settings.public_url).append(kPath).append(text.Expose());
  return SecretString{std::move(url)};
}

bool MailLink(const Services& services, const Account& account, const NewLink& link) {
  const std::optional<mail::Recipient> to = RecipientOf(account);
  if (services.outbox == nullptr || !to) return false;
  const mail::Site site{.name = services.settings.realm,
                        .public_url = services.settings.public_url};
  const SecretString url = LinkUrl(services.settings, link.text);
  services.outbox->Post(link.link.kind == LinkKind::kPasswordReset
                            ? mail::PasswordResetMessage(site, *to, url, link.link.expires_at)
                            : mail::InvitationMessage(site, *to, url, link.link.expires_at));
  return true;
}

void LinkResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("POST", "/api/v1/links/inspect", &LinkResource::Inspect);
  add("POST", "/api/v1/links/accept", &LinkResource::Accept);
  add("POST", "/api/v1/password-reset", &LinkResource::RequestReset);
}

http::Awaitable<Outcome> LinkResource::Inspect(const Call& call) const {
  call.exchange.Annotate("action", "link.inspect");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const SecretString link = members->Secret("link");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const SignInResult<LinkView> view = services_.links.Inspect(link.Expose());
  if (!view) co_return std::unexpected(ProblemFor(view.error()));
  co_return NoStoreAnswer(200, LinkJson(*view));
}

http::Awaitable<Outcome> LinkResource::Accept(const Call& call) const {
  call.exchange.Annotate("action", "link.accept");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const SecretString link = members->Secret("link");
  LinkAnswer answer;
  answer.password = members->Secret("password");
  answer.username = members->FindText("username").value_or("");
  answer.email = members->FindText("email").value_or("");
  answer.display_name = members->FindText("display_name").value_or("");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const SignInClient client = ClientOf(call.exchange.head());
  const auto accept = [&] {
    return services_.links.Accept(link.Expose(), std::move(answer), client);
  };
  const SignInResult<SignInOutcome> outcome = co_await http::RunBlocking(services_.pool, accept);
  co_return AnswerSignIn(services_, outcome);
}

http::Awaitable<Outcome> LinkResource::RequestReset(const Call& call) const {
  call.exchange.Annotate("action", "link.request");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const std::string user = members->Text("user");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const http::RequestHead& head = call.exchange.head();
  const SignInResult<void> attended = services_.links.AttendAsk(head.client_address);
  if (!attended) co_return std::unexpected(ProblemFor(attended.error()));
  if (services_.outbox != nullptr) {
    const Caller caller{
        .actor = "password-reset", .origin = head.client_address, .request_id = head.request_id};
    // Not waited for: how long it takes would tell whether there is such an account.
    boost::asio::post(services_.pool.executor(),
                      [&services = services_, user, caller] { MailReset(services, user, caller); });
  }
  co_return NoStoreAnswer(202, Json::object());
}

}  // namespace latchkey::api
