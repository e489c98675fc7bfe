#include "server/serve.h"

#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/url/parse.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "admin/actor.h"
#include "admin/link_url.h"
#include "admin/socket_server.h"
#include "admin/version.h"
#include "api/api_handler.h"
#include "api/letters.h"
#include "base/text.h"
#include "gate/server.h"
#include "server/installation.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/outside.h"
#include "server/site.h"
#include "server/usage_flusher.h"
#include "store/sqlite/connection.h"
#include "web/pages.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using admin::LinkUrl;
using std::chrono::seconds;

/// Adds the public URL's host to the names that are answered for.
http::ServerSettings HttpSettings(const Settings& settings) {
  http::ServerSettings http = settings.http;
  const auto url = boost::urls::parse_uri(settings.public_url);
  if (url) {
    http.host_names.push_back(FoldAscii(std::string{url->host()}));
    http.https = url->scheme() == "https";
  }
  for (std::string& name : http.host_names) name = FoldAscii(name);
  return http;
}

Result<gate::GateSettings> GateSettingsOf(const Settings& settings) {
  gate::GateSettings gate = settings.gate;
  gate.limits = settings.http.limits;
  gate.grace = settings.http.grace;
  Result<gate::HeaderNames> names =
      gate::HeaderNames::Create(settings.gate_header_prefix, settings.gate_header_names);
  if (!names) return std::unexpected(names.error());
  gate.names = std::move(*names);
  return gate;
}

git::GitSettings GitSettingsOf(const Settings& settings, const std::string& public_url) {
  git::GitSettings git;
  git.public_url = public_url;
  if (settings.git_processes_max != 0) git.slots.running_max = settings.git_processes_max;
  return git;
}

/// Everything that runs while the server serves. Members are destroyed in reverse order: what
/// others refer to stands first.
class Service {
 public:
  Service(const Settings& settings, Log& log, Metrics& metrics, LoggedAlarms& alarms,
          Installation& installation, const Clock& clock)
      : settings_(settings),
        log_(log),
        metrics_(metrics),
        alarms_(alarms),
        installation_(installation),
        clock_(clock) {}

  Result<void> Run(const std::function<void(const Started&)>& started);

 private:
  Result<void> AddRoutes(const std::string& public_url);
  Result<void> AddApi(const std::string& public_url);
  Result<void> StartAdmin(const std::string& public_url);
  Result<void> StartGate();
  void WatchSignals();
  void WatchDatabase();
  void OnSignal(int signal);
  void NoteSignIn(const SignInEvent& event);
  /// With a set-up link while nobody can sign in. The last one cannot be shown again, so it ends.
  [[nodiscard]] Started TellOfStart(const std::string& public_url);
  [[nodiscard]] Metrics::Gauges ReadGauges() const;
  [[nodiscard]] std::string WhyNotReady() const;
  [[nodiscard]] api::Health ReadHealth() const;

  const Settings& settings_;
  Log& log_;
  Metrics& metrics_;
  LoggedAlarms& alarms_;
  Installation& installation_;
  const Clock& clock_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  // The first, so that it writes what the last request noted.
  std::optional<UsageFlusher> usage_flusher_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<git::GitHandler> git_;
  std::unique_ptr<Outside> outside_;
  std::optional<api::Letters> letters_;
  std::unique_ptr<api::ApiHandler> api_;
  web::Pages pages_{web::BuiltPages()};
  std::unique_ptr<admin::AdminService> admin_service_;
  std::unique_ptr<admin::SocketServer> admin_socket_;
  // Asked on every request: a few milliseconds do not matter to it.
  CoarseSystemClock coarse_clock_;
  HighWaterClock gate_clock_{coarse_clock_};
  std::optional<gate::Gatekeeper> gatekeeper_;
  std::unique_ptr<gate::GateServer> gate_;
  std::optional<asio::signal_set> signals_;
  std::optional<asio::steady_timer> database_timer_;
  // Last, so that it is destroyed first: its functions, some perhaps still under way, refer to all
  // of the above.
  http::BlockingPool pool_;
  http::BlockingPool outside_pool_{api::kOutsideThreads};
};

Result<void> Service::Run(const std::function<void(const Started&)>& started) {
  Result<std::unique_ptr<http::Server>> server = http::Server::Create(
      HttpSettings(settings_), router_, [this](const http::AccessRecord& record) {
        metrics_.CountRequest(record);
        log_.WriteAccess(record);
      });
  if (!server) return std::unexpected(server.error());
  server_ = std::move(*server);
  const std::string public_url = PublicUrl(settings_, server_->port());
  usage_flusher_.emplace(
      installation_.usage(), installation_.usage_store(),
      [this](const Error& error) {
        log_.Write(Log::Level::kError, "usage.lost", {{"message", Describe(error)}});
      },
      [this] { return installation_.SaveSignInNotes(); });
  installation_.OnSignIn([this](const SignInEvent& event) { NoteSignIn(event); });
  installation_.OnRevoked([this](const CredentialRecord& record, const Caller& caller) {
    if (letters_) letters_->TellOfRevocation(record, caller);
  });
  installation_.OnSignInChanged([this](const AccountId& account, const ChangeInfo& info) {
    if (letters_) letters_->TellOfSignInChange(account, info);
  });
  if (Result<void> added = AddRoutes(public_url); !added) return added;
  if (Result<void> begun = StartAdmin(public_url); !begun) return begun;
  if (Result<void> begun = StartGate(); !begun) return begun;
  WatchSignals();
  WatchDatabase();
  log_.Write(Log::Level::kInfo, "server.started",
             {{"version", std::string{admin::Version()}},
              {"public_url", public_url},
              {"port", std::to_string(server_->port())},
              {"credentials", std::to_string(installation_.index().size())}});
  started(TellOfStart(public_url));
  server_->Run();
  if (gate_) gate_->Stop();
  admin_socket_->Stop();
  log_.Write(Log::Level::kInfo, "server.stopped");
  return {};
}

Result<void> Service::AddRoutes(const std::string& public_url) {
  Result<git::GitRequirements> requirements =
      git::GitRequirements::Build(*installation_.catalogues().Find(kBitbucketApp));
  if (!requirements) return std::unexpected(requirements.error());
  git_ = std::make_unique<git::GitHandler>(installation_.verifier(), installation_.directory(),
                                           *requirements, installation_.repositories(),
                                           installation_.usage(), clock_,
                                           GitSettingsOf(settings_, public_url));
  Result<http::TrustedProxies> readers = http::TrustedProxies::Create(settings_.metrics_addresses);
  if (!readers) return std::unexpected(readers.error());
  AddSiteRoutes(router_, {.metrics = metrics_,
                          .git = *git_,
                          .read_gauges = [this] { return ReadGauges(); },
                          .why_not_ready = [this] { return WhyNotReady(); },
                          .metrics_readers = std::move(*readers)});
  return AddApi(public_url);
}

Result<void> Service::AddApi(const std::string& public_url) {
  Result<std::unique_ptr<Outside>> outside = Outside::Create(
      settings_, public_url, clock_, installation_.random_source(), [this](const Error& error) {
        log_.Write(Log::Level::kError, "mail.lost", {{"message", Describe(error)}});
      });
  if (!outside) return std::unexpected(outside.error());
  outside_ = std::move(*outside);
  const api::Settings settings{.public_url = public_url, .version = std::string{admin::Version()}};
  letters_.emplace(
      api::Letters::Parts{.outbox = outside_->outbox(),
                          .directory = installation_.directory(),
                          .clock = clock_,
                          .site = {.name = settings.realm, .public_url = settings.public_url},
                          .about_sign_ins = settings_.sign_in_letters});
  Result<std::unique_ptr<api::ApiHandler>> api = api::ApiHandler::Create(
      {.verifier = installation_.verifier(),
       .introspector = installation_.introspector(),
       .usage = installation_.usage(),
       .usage_store = installation_.usage_store(),
       .credentials = installation_.credentials(),
       .catalogues = installation_.catalogues(),
       .clock = clock_,
       .pool = pool_,
       .people = {.sign_in = installation_.sign_in(),
                  .sessions = installation_.sessions(),
                  .factors = installation_.factors(),
                  .links = installation_.links(),
                  .accounts = installation_.accounts(),
                  .policy = installation_.policy(),
                  .directory = installation_.directory(),
                  .sign_ins = installation_.sign_ins(),
                  .random = installation_.random_source(),
                  .store = installation_.store(),
                  .codec = installation_.codec(),
                  .apps = installation_.apps(),
                  .projection = installation_.projection(),
                  .health = [this] { return ReadHealth(); },
                  .oidc = outside_->oidc(),
                  .outside_pool = outside_pool_,
                  .outbox = outside_->outbox(),
                  .lease =
                      installation_.node() != nullptr ? &installation_.node()->lease() : nullptr},
       .announcer = installation_.announcer()},
      settings);
  if (!api) return std::unexpected(api.error());
  api_ = std::move(*api);
  api_->AddRoutes(router_);
  pages_.AddRoutes(router_);
  router_.SetRefusal([this](http::Exchange& exchange, int status, const std::string& allow) {
    if (status == 404 && pages_.AnswersNotFound(exchange.head())) {
      return pages_.ServeNotFound(exchange);
    }
    return api_->Refuse(exchange, status, allow);
  });
  return {};
}

Result<void> Service::StartAdmin(const std::string& public_url) {
  admin_service_ = std::make_unique<admin::AdminService>(
      installation_.AdminParts({.public_url = public_url, .serving = true}));
  Result<std::unique_ptr<admin::SocketServer>> socket =
      admin::SocketServer::Start(installation_.data_path(), *admin_service_);
  if (!socket) return std::unexpected(socket.error());
  admin_socket_ = std::move(*socket);
  return {};
}

Result<void> Service::StartGate() {
  if (settings_.gate.listen.empty() && settings_.gate.fastcgi.empty()) return {};
  Result<gate::GateSettings> settings = GateSettingsOf(settings_);
  if (!settings) return std::unexpected(settings.error());
  gatekeeper_.emplace(installation_.apps(), installation_.verifier(),
                      settings_.gate_usage ? &installation_.usage() : nullptr);
  gate::AccessSink access;
  if (settings_.access_log != "off") {
    access = [this](std::string_view lines) { log_.WriteAccessLines(lines); };
  }
  Result<std::unique_ptr<gate::GateServer>> gate = gate::GateServer::Create(
      std::move(*settings), {.gatekeeper = *gatekeeper_, .clock = gate_clock_}, std::move(access));
  if (!gate) return std::unexpected(gate.error());
  gate_ = std::move(*gate);
  gate_->Start();
  for (const gate::ListenAddress& address : gate_->addresses()) {
    log_.Write(Log::Level::kInfo, "gate.listening", {{"address", address.text()}});
  }
  return {};
}

void Service::WatchSignals() {
  if (!signals_) signals_.emplace(server_->executor(), SIGTERM, SIGINT, SIGHUP);
  signals_->async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    OnSignal(signal);
    WatchSignals();
  });
}

void Service::OnSignal(int signal) {
  if (signal != SIGHUP) {
    log_.Write(Log::Level::kInfo, "server.stopping");
    signals_->cancel();
    database_timer_->cancel();
    server_->Stop();
    return;
  }
  const Result<void> reopened = log_.Reopen();
  const Result<void> reloaded = settings_.http.tls ? server_->ReloadTls() : Result<void>{};
  for (const Result<void>& outcome : {reopened, reloaded}) {
    if (!outcome) {
      log_.Write(Log::Level::kError, "server.reload_failed",
                 {{"message", Describe(outcome.error())}});
    }
  }
  log_.Write(Log::Level::kInfo, "server.reloaded");
}

void Service::WatchDatabase() {
  constexpr seconds kInterval{1};
  if (!database_timer_) database_timer_.emplace(server_->executor());
  database_timer_->expires_after(kInterval);
  database_timer_->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    // Reading every record blocks; the next look is set only when this one is done.
    asio::post(pool_.executor(), [this] {
      if (Result<void> checked = installation_.RecheckIfTouched(); !checked) {
        log_.Write(Log::Level::kError, "store.recheck_failed",
                   {{"message", Describe(checked.error())}});
      }
      asio::post(server_->executor(), [this] { WatchDatabase(); });
    });
  });
}

void Service::NoteSignIn(const SignInEvent& event) {
  metrics_.CountSignIn(event);
  const bool good = event.outcome == SignInEvent::Outcome::kSignedIn ||
                    event.outcome == SignInEvent::Outcome::kSecondStepAsked;
  log_.Write(good ? Log::Level::kInfo : Log::Level::kWarn, "sign_in",
             {{"outcome", std::string{OutcomeName(event.outcome)}},
              {"method", event.method},
              {"account", event.account},
              {"client", event.address},
              {"request_id", event.request_id}});
  if (letters_) letters_->TellOfSignIn(event);
}

Started Service::TellOfStart(const std::string& public_url) {
  Started facts{.public_url = public_url, .set_up_link = {}};
  if (!settings_.set_up_link || installation_.links().IsSetUp()) return facts;
  const Result<NewLink> link = installation_.links().MakeSetUp(
      {.actor = admin::ActorFor(geteuid()), .origin = {}, .request_id = {}});
  if (!link) {
    log_.Write(Log::Level::kWarn, "set_up_link.failed", {{"message", Describe(link.error())}});
    return facts;
  }
  facts.set_up_link = LinkUrl(public_url, link->text);
  return facts;
}

Metrics::Gauges Service::ReadGauges() const {
  return {
      .decisions = installation_.verifier().Counts(),
      .credentials = installation_.index().size(),
      .refused_records = installation_.projection().refused(),
      .last_change = installation_.ledger().last_seq(),
      .connections = server_->connection_count(),
      .ledger_healthy = installation_.ledger().healthy(),
      .gate = gatekeeper_ ? gatekeeper_->Counts() : std::map<std::string, gate::OutcomeCounts>{},
      .gate_connections = gate_ ? gate_->connection_count() : 0};
}

std::string Service::WhyNotReady() const {
  if (installation_.verifier().IsStale()) {
    return "the lease has run out: this node cannot prove that it follows the others";
  }
  if (installation_.ledger().healthy()) return {};
  const std::optional<Error> fault = installation_.ledger().fault();
  if (fault && fault->code == Error::Code::kDisagreement) return fault->message;
  return "the outcome of a write is unknown: no change is accepted until a restart";
}

api::Health Service::ReadHealth() const {
  return {
      .version = std::string{admin::Version()},
      .sqlite_version = std::string{sqlite::LibraryVersion()},
      .uptime = std::chrono::duration_cast<seconds>(std::chrono::steady_clock::now() - started_),
      .credentials = installation_.index().size(),
      .refused_records = installation_.projection().refused(),
      .last_change = installation_.ledger().last_seq(),
      .alarms = alarms_.Recent(),
      .why_not_ready = WhyNotReady()};
}

/// An app whose record is genuine and of no use any more is for its administrator to decide about:
/// without it every request that it guards would be refused.
Result<void> CheckApps(const Projection& projection) {
  const std::map<std::string, Error> broken = projection.BrokenApps();
  if (broken.empty()) return {};
  const auto& [name, error] = *broken.begin();
  return Fail(Error::Code::kInvalidArgument,
              "the app \"" + name + "\" cannot be used by this program: " + error.message,
              "Add it again (latchkey app add " + name +
                  " …) or take it away (latchkey app remove " + name +
                  "), then start. Both work while no server runs.");
}

}  // namespace

Result<void> Serve(const Settings& settings, const std::function<void(const Started&)>& started) {
  const SystemClock system_clock;
  const HighWaterClock clock{system_clock};
  Result<std::unique_ptr<Log>> log = Log::Open(settings, system_clock);
  if (!log) return std::unexpected(log.error());
  for (const std::string& name : UnknownVariables(ProcessVariables())) {
    (*log)->Write(Log::Level::kWarn, "settings.unknown_variable", {{"name", name}});
  }
  Metrics metrics;
  LoggedAlarms alarms{**log, metrics};
  Result<std::unique_ptr<Installation>> installation = Installation::Open(settings, clock, alarms);
  if (!installation) {
    // Where the log is standard error, the command itself is about to say it there.
    const bool said_elsewhere = settings.log_file.empty();
    if (said_elsewhere) return std::unexpected(installation.error());
    (*log)->Write(Log::Level::kError, "server.refused",
                  {{"code", std::string{CodeName(installation.error().code)}},
                   {"message", installation.error().message},
                   {"hint", installation.error().hint}});
    return std::unexpected(installation.error());
  }
  if (Result<void> whole = CheckApps((*installation)->projection()); !whole) {
    (*log)->Write(Log::Level::kError, "server.refused",
                  {{"code", std::string{CodeName(whole.error().code)}},
                   {"message", whole.error().message},
                   {"hint", whole.error().hint}});
    return whole;
  }
  if ((*installation)->completed() != 0) {
    (*log)->Write(Log::Level::kWarn, "journal.completed",
                  {{"changes", std::to_string((*installation)->completed())}});
  }
  // Nobody else serves these repositories: the directory is locked.
  if (const Result<std::size_t> removed = (*installation)->repositories().RemoveLeftovers();
      !removed || *removed != 0) {
    (*log)->Write(
        Log::Level::kWarn, "repositories.leftovers",
        {{"outcome", removed ? "removed " + std::to_string(*removed) + " of cut-off pushes"
                             : Describe(removed.error())}});
  }
  Service service{settings, **log, metrics, alarms, **installation, clock};
  return service.Run(started);
}

}  // namespace latchkey::server
