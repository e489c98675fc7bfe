#include "gate/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "gate/fastcgi_conversation.h"
#include "gate/http_conversation.h"
#include "gate/loop.h"

namespace latchkey::gate {

namespace {

class GateServerImpl final : public GateServer {
 public:
  GateServerImpl(GateSettings settings, const Parts& parts, AccessSink access,
                 http::TrustedProxies proxies)
      : settings_(std::move(settings)),
        proxies_(std::move(proxies)),
        renderer_(settings_.names, settings_.realm),
        shared_{.limits = settings_.limits, .grace = settings_.grace, .proxies = proxies_},
        parts_{.gatekeeper = parts.gatekeeper,
               .renderer = renderer_,
               .proxies = proxies_,
               .clock = parts.clock,
               .request_ids = request_ids_,
               .access = std::move(access),
               .limits = settings_.limits} {}
  GateServerImpl(const GateServerImpl&) = delete;
  GateServerImpl& operator=(const GateServerImpl&) = delete;
  ~GateServerImpl() override {
    Stop();
    for (const SocketFile& file : files_) RemoveIfOurs(file);
  }

  Result<void> Open();
  void Start() override;
  void Stop() override;
  std::vector<ListenAddress> addresses() const override;
  std::size_t connection_count() const override {
    return shared_.local_connections + shared_.trusted_connections + shared_.untrusted_connections;
  }

 private:
  struct SocketFile {
    std::string path;
    ino_t inode = 0;
    dev_t device = 0;
  };
  /// What one thread works with.
  struct Worker {
    std::vector<FileDescriptor> sockets;
    std::vector<std::unique_ptr<Conversation>> conversations;
    std::vector<Loop::Listener> listeners;
    std::unique_ptr<Loop> loop;
    std::thread thread;
  };

  /// `app` is of FastCGI; null: HTTP.
  Result<void> Bind(ListenAddress& address, const std::string* app);
  void AddListener(Worker& worker, const ListenAddress& address, int socket,
                   const std::string* app);
  static void RemoveIfOurs(const SocketFile& file);

  GateSettings settings_;
  http::TrustedProxies proxies_;
  http::RequestIds request_ids_;
  Renderer renderer_;
  LoopShared shared_;
  DeskParts parts_;
  std::vector<FileDescriptor> shared_sockets_;
  std::vector<SocketFile> files_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

Result<void> GateServerImpl::Open() {
  const unsigned threads = settings_.threads != 0
                               ? settings_.threads
                               : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
  for (ListenAddress& address : settings_.listen) {
    if (Result<void> bound = Bind(address, nullptr); !bound) return bound;
  }
  for (FastCgiAddress& fastcgi : settings_.fastcgi) {
    if (Result<void> bound = Bind(fastcgi.address, &fastcgi.app); !bound) return bound;
  }
  for (const auto& worker : workers_) {
    Result<std::unique_ptr<Loop>> loop = Loop::Create(shared_, worker->listeners);
    if (!loop) return std::unexpected(loop.error());
    worker->loop = std::move(*loop);
  }
  return {};
}

Result<void> GateServerImpl::Bind(ListenAddress& address, const std::string* app) {
  if (address.is_unix()) {
    Result<FileDescriptor> socket = Listen(address, /*reuse_port=*/false, settings_.socket_mode);
    if (!socket) return std::unexpected(socket.error());
    struct stat status{};
    if (::lstat(address.path.c_str(), &status) == 0) {
      files_.push_back({.path = address.path, .inode = status.st_ino, .device = status.st_dev});
    }
    shared_sockets_.push_back(std::move(*socket));
    for (const auto& worker : workers_) {
      AddListener(*worker, address, shared_sockets_.back().get(), app);
    }
    return {};
  }
  for (const auto& worker : workers_) {
    Result<FileDescriptor> socket =
        Listen(address, /*reuse_port=*/workers_.size() > 1, settings_.socket_mode);
    if (!socket) return std::unexpected(socket.error());
    worker->sockets.push_back(std::move(*socket));
    AddListener(*worker, address, worker->sockets.back().get(), app);
  }
  return {};
}

void GateServerImpl::AddListener(Worker& worker, const ListenAddress& address, int socket,
                                 const std::string* app) {
  if (app == nullptr) {
    worker.conversations.push_back(std::make_unique<HttpConversation>(parts_));
  } else {
    worker.conversations.push_back(std::make_unique<FastCgiConversation>(parts_, *app));
  }
  worker.listeners.push_back({.socket = socket,
                              .local = address.is_unix(),
                              .conversation = worker.conversations.back().get()});
}

void GateServerImpl::Start() {
  for (const auto& worker : workers_) {
    worker->thread = std::thread([loop = worker->loop.get()] { loop->Run(); });
  }
}

void GateServerImpl::Stop() {
  for (const auto& worker : workers_) {
    if (worker->loop) worker->loop->Stop();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void GateServerImpl::RemoveIfOurs(const SocketFile& file) {
  struct stat status{};
  const bool ours = ::lstat(file.path.c_str(), &status) == 0 && status.st_ino == file.inode &&
                    status.st_dev == file.device;
  if (ours) ::unlink(file.path.c_str());
}

std::vector<ListenAddress> GateServerImpl::addresses() const {
  std::vector<ListenAddress> all = settings_.listen;
  for (const FastCgiAddress& fastcgi : settings_.fastcgi) all.push_back(fastcgi.address);
  return all;
}

}  // namespace

Result<FastCgiAddress> ParseFastCgiAddress(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals + 1 == text.size()) {
    return Fail(Error::Code::kInvalidArgument, "no app is given",
                "Give ADDRESS:PORT=APP, e.g. 127.0.0.1:8201=bitbucket.");
  }
  Result<ListenAddress> address = ParseListenAddress(text.substr(0, equals));
  if (!address) return std::unexpected(address.error());
  return FastCgiAddress{.address = std::move(*address),
                        .app = std::string{text.substr(equals + 1)}};
}

Result<std::unique_ptr<GateServer>> GateServer::Create(GateSettings settings, const Parts& parts,
                                                       AccessSink access) {
  Result<http::TrustedProxies> proxies = http::TrustedProxies::Create(settings.trusted_proxies);
  if (!proxies) return std::unexpected(proxies.error());
  auto server = std::make_unique<GateServerImpl>(std::move(settings), parts, std::move(access),
                                                 std::move(*proxies));
  if (Result<void> opened = server->Open(); !opened) return std::unexpected(opened.error());
  return server;
}

}  // namespace latchkey::gate
