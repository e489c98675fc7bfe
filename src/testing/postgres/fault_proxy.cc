#include "testing/postgres/fault_proxy.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace latchkey::postgres {
namespace {

constexpr std::string_view kSocketName = ".s.PGSQL.5432";

sockaddr_un AddressOf(const std::string& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory + "/" + std::string{kSocketName};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int NewSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

/// What has come; empty at the end.
std::string_view Receive(int from, std::span<char> room) {
  const ssize_t size = recv(from, room.data(), room.size(), 0);
  return {room.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

bool SendAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

FaultProxy::FaultProxy(std::string directory) : directory_(std::move(directory)) {
  listener_ = NewSocket();
  const sockaddr_un address = AddressOf(own_.path());
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, raw, sizeof address) != 0 || listen(listener_, 64) != 0) {
    ADD_FAILURE() << "the proxy cannot listen";
    return;
  }
  acceptor_ = std::thread{[this] { Accept(); }};
}

FaultProxy::~FaultProxy() {
  shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& carrier : carriers_) carrier.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

Settings FaultProxy::Through(const Settings& settings) const {
  std::string text = "host=" + own_.path().string();
  for (const auto& [key, value] : settings.address.values()) {
    if (key == "user" || key == "dbname") text.append(" ").append(key).append("=").append(value);
  }
  Settings through = settings;
  Result<Address> address = Address::Parse(text);
  if (address) through.address = *std::move(address);
  return through;
}

void FaultProxy::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int server = NewSocket();
    const sockaddr_un address = AddressOf(directory_);
    const std::scoped_lock lock{mutex_};
    sockets_.insert(sockets_.end(), {client, server});
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      shutdown(client, SHUT_RDWR);
      continue;
    }
    carriers_.emplace_back([this, client, server] { Carry(client, server); });
  }
}

void FaultProxy::Carry(int client, int server) {
  bool committing = false;
  bool whole = true;
  while (whole) {
    std::array<pollfd, 2> both{{{.fd = client, .events = POLLIN, .revents = 0},
                                {.fd = server, .events = POLLIN, .revents = 0}}};
    if (poll(both.data(), both.size(), -1) < 0) continue;
    if (both[0].revents != 0) whole = CarryRequest(client, server, committing);
    if (whole && both[1].revents != 0) whole = CarryAnswer(server, client, committing);
  }
  shutdown(client, SHUT_RDWR);
  shutdown(server, SHUT_RDWR);
}

bool FaultProxy::CarryRequest(int client, int server, bool& committing) {
  std::array<char, 65536> room{};
  const std::string_view bytes = Receive(client, room);
  if (bytes.empty()) return false;
  if (fault_ == Fault::kSilence) return true;
  if (bytes.contains("COMMIT")) {
    Fault cut = Fault::kCutRequest;
    if (fault_.compare_exchange_strong(cut, Fault::kNone)) return false;
    cut = Fault::kCutAnswer;
    committing = fault_.compare_exchange_strong(cut, Fault::kNone);
  }
  return SendAll(server, bytes);
}

bool FaultProxy::CarryAnswer(int server, int client, bool committing) {
  std::array<char, 65536> room{};
  const std::string_view bytes = Receive(server, room);
  if (bytes.empty() || committing) return false;
  return fault_ == Fault::kSilence || SendAll(client, bytes);
}

}  // namespace latchkey::postgres
