#include "http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "http/answer.h"
#include "http/session.h"
#include "http/tls.h"
#include "http/transport.h"

namespace latchkey::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
// Connections beyond the limit that are told so at the same time; more are closed without a word.
constexpr std::size_t kTurnedAwayMax = 64;
constexpr std::chrono::seconds kTurnAwayTime{1};
// After a failed accept (no file descriptors): the connection stays in the kernel's queue
// meanwhile.
constexpr std::chrono::milliseconds kAcceptPause{100};
// For handlers to notice that their connection was cut when the grace was over.
constexpr std::chrono::seconds kAbortTime{1};

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerSettings settings, Handler& handler, AccessLog log, TrustedProxies proxies,
             std::shared_ptr<asio::ssl::context> tls)
      : context_{std::move(settings), handler, std::move(log), std::move(proxies)},
        tls_(std::move(tls)),
        acceptor_(control_),
        pause_(control_) {}

  Result<void> Listen();

  void Run() override;
  void Stop() override;
  Result<void> ReloadTls() override;
  std::uint16_t port() const override { return port_; }
  asio::any_io_executor executor() override { return io_.get_executor(); }
  std::size_t connection_count() const override { return connection_count_; }

 private:
  using Address = asio::ip::address;

  asio::awaitable<void> AcceptAll();
  void Admit(tcp::socket socket);
  void Begin(tcp::socket socket, const Address& peer);
  void End(const std::shared_ptr<Session>& session, const Address& peer);
  void TurnAway(tcp::socket socket, const Address& peer, int status);
  void BeginStop();
  asio::awaitable<void> EndGrace();
  void StopWhenDrained();
  [[nodiscard]] std::shared_ptr<asio::ssl::context> tls();

  ServerContext context_;
  std::mutex tls_mutex_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::atomic<std::size_t> connection_count_ = 0;
  std::uint16_t port_ = 0;
  // What follows is touched on control_ alone.
  std::map<Session*, std::shared_ptr<Session>> sessions_;
  std::map<Address, std::size_t> per_address_;
  std::size_t turned_away_ = 0;
  // Destroyed before what connections refer to, after what is bound to it.
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> control_ = asio::make_strand(io_);
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
};

Result<void> ServerImpl::Listen() {
  const ServerSettings& settings = context_.settings;
  error_code error;
  const Address address = asio::ip::make_address(settings.listen_address, error);
  if (error) {
    return Fail(Error::Code::kInvalidArgument,
                "\"" + settings.listen_address + "\" is not an IP address to listen on");
  }
  const tcp::endpoint endpoint(address, settings.listen_port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const bool in_use = error == asio::error::address_in_use;
    return Fail(in_use ? Error::Code::kInUse : Error::Code::kInvalidArgument,
                "cannot listen on " + settings.listen_address + " port " +
                    std::to_string(settings.listen_port) + ": " + error.message());
  }
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void ServerImpl::Run() {
  asio::co_spawn(control_, AcceptAll(), [](const std::exception_ptr&) {});
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = context_.settings.threads > 0 ? context_.settings.threads : cores;
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < count; ++i) threads.emplace_back([this] { io_.run(); });
  io_.run();
}

asio::awaitable<void> ServerImpl::AcceptAll() {
  while (!context_.stopping) {
    tcp::socket socket(asio::make_strand(io_));
    const auto [error] = co_await acceptor_.async_accept(socket, kAwait);
    if (error && !context_.stopping) {
      pause_.expires_after(kAcceptPause);
      co_await pause_.async_wait(kAwait);
      continue;
    }
    if (!error) Admit(std::move(socket));
  }
}

void ServerImpl::Admit(tcp::socket socket) {
  const Limits& limits = context_.settings.limits;
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;  // Gone already.
  const Address peer = Unmapped(remote.address());
  if (sessions_.size() >= limits.connections_max) {
    TurnAway(std::move(socket), peer, 503);
    return;
  }
  const auto found = per_address_.find(peer);
  const std::size_t of_peer = found == per_address_.end() ? 0 : found->second;
  // All clients of a proxy come from its address.
  if (of_peer >= limits.connections_per_address_max && !context_.proxies.Trust(peer)) {
    TurnAway(std::move(socket), peer, 429);
    return;
  }
  Begin(std::move(socket), peer);
}

// Makes the kernel give up what a peer does not take, also when the connection was closed
// meanwhile: the send buffer of a client that reads nothing would otherwise be kept for minutes.
void BoundUnsentData(tcp::socket& socket, std::chrono::milliseconds time_max) {
  const auto value = static_cast<unsigned>(time_max.count());
  static_cast<void>(
      ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof(value)));
}

void ServerImpl::Begin(tcp::socket socket, const Address& peer) {
  BoundUnsentData(socket, context_.settings.limits.write_timeout);
  const auto home = socket.get_executor();
  const std::shared_ptr<asio::ssl::context> tls_context = tls();
  auto transport = tls_context ? MakeTlsTransport(std::move(socket), tls_context)
                               : MakePlainTransport(std::move(socket));
  auto session = std::make_shared<Session>(context_, std::move(transport), peer);
  sessions_.emplace(session.get(), session);
  ++per_address_[peer];
  connection_count_ = sessions_.size();
  asio::co_spawn(home, session->Run(), [this, session, peer](const std::exception_ptr&) {
    asio::post(control_, [this, session, peer] { End(session, peer); });
  });
}

void ServerImpl::End(const std::shared_ptr<Session>& session, const Address& peer) {
  sessions_.erase(session.get());
  connection_count_ = sessions_.size();
  const auto found = per_address_.find(peer);
  if (found != per_address_.end() && --found->second == 0) per_address_.erase(found);
  StopWhenDrained();
}

// Answers in clear only: a handshake for the sake of a refusal is what the limit is against.
asio::awaitable<void> SayNo(std::shared_ptr<Transport> transport, std::string text) {
  const std::array parts{asio::const_buffer(asio::buffer(text))};
  const Transport::Outcome ignored = co_await transport->Write(parts, {kTurnAwayTime, 0});
  static_cast<void>(ignored);
  co_await transport->Close(kTurnAwayTime);
}

void ServerImpl::TurnAway(tcp::socket socket, const Address& peer, int status) {
  AccessRecord record;
  record.client_address = peer.to_string();
  record.request_id = context_.request_ids.Next();
  record.method = "-";
  record.path = "-";
  record.status = status;
  if (context_.log) context_.log(record);
  if (turned_away_ >= kTurnedAwayMax || context_.settings.tls) return;
  ++turned_away_;
  Response problem = MakeProblem(
      status, status == 503 ? "The server has no connection to spare." : "Too many connections.",
      record.request_id);
  problem.fields.Set("Retry-After", "1");
  const std::string head = FormatAnswerHead({.status = status,
                                             .fields = &problem.fields,
                                             .framing = AnswerFraming::kLength,
                                             .length = problem.body.size(),
                                             .request_id = record.request_id,
                                             .https = context_.settings.https,
                                             .close = true});
  const auto home = socket.get_executor();
  asio::co_spawn(
      home, SayNo(MakePlainTransport(std::move(socket)), head + problem.body),
      [this](const std::exception_ptr&) { asio::post(control_, [this] { --turned_away_; }); });
}

void ServerImpl::Stop() {
  asio::post(control_, [this] { BeginStop(); });
}

void ServerImpl::BeginStop() {
  if (context_.stopping.exchange(true)) return;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (const auto& [pointer, session] : sessions_) {
    asio::post(session->transport().executor(), [kept = session] { kept->Stop(); });
  }
  asio::co_spawn(control_, EndGrace(), [](const std::exception_ptr&) {});
  StopWhenDrained();
}

asio::awaitable<void> ServerImpl::EndGrace() {
  asio::steady_timer timer(control_);
  timer.expires_after(context_.settings.grace);
  co_await timer.async_wait(kAwait);
  for (const auto& [pointer, session] : sessions_) {
    asio::post(session->transport().executor(), [kept = session] { kept->Abort(); });
  }
  timer.expires_after(kAbortTime);
  co_await timer.async_wait(kAwait);
  io_.stop();
}

void ServerImpl::StopWhenDrained() {
  if (context_.stopping && sessions_.empty()) io_.stop();
}

std::shared_ptr<asio::ssl::context> ServerImpl::tls() {
  const std::lock_guard lock(tls_mutex_);
  return tls_;
}

Result<void> ServerImpl::ReloadTls() {
  if (!context_.settings.tls) {
    return Fail(Error::Code::kInvalidArgument, "this server speaks no TLS");
  }
  Result<std::shared_ptr<asio::ssl::context>> fresh = LoadTlsContext(*context_.settings.tls);
  if (!fresh) return std::unexpected(fresh.error());
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(*fresh);
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Create(ServerSettings settings, Handler& handler,
                                               AccessLog log) {
  Result<TrustedProxies> proxies = TrustedProxies::Create(settings.trusted_proxies);
  if (!proxies) return std::unexpected(proxies.error());
  std::shared_ptr<asio::ssl::context> tls;
  if (settings.tls) {
    Result<std::shared_ptr<asio::ssl::context>> loaded = LoadTlsContext(*settings.tls);
    if (!loaded) return std::unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  auto server = std::make_unique<ServerImpl>(std::move(settings), handler, std::move(log),
                                             std::move(*proxies), std::move(tls));
  if (const Result<void> listening = server->Listen(); !listening) {
    return std::unexpected(listening.error());
  }
  return server;
}

}  // namespace latchkey::http
