#pragma once

// For tests: a server on a free port of the loopback address, a handler with a few routes, and a
// client that sends exactly the bytes it is given.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/router.h"
#include "http/server.h"

namespace latchkey::http {

struct ReceivedAnswer {
  int status = 0;
  std::string head;
  std::string body;
};

/// A blocking socket. A read that waits longer than any test should take fails instead of hanging.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* const untyped = &address;
    connected_ = ::connect(socket_, static_cast<const sockaddr*>(untyped), sizeof(address)) == 0;
    EXPECT_TRUE(connected_);
  }
  ~RawClient() { Close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False if the other side has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void EndSending() { ::shutdown(socket_, SHUT_WR); }
  void Close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// What comes next; empty at the end of the connection, and `reset()` then says whether by a
  /// reset.
  std::string Receive() {
    std::string buffer(65536, '\0');
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    reset_ = size < 0 && errno == ECONNRESET;
    EXPECT_TRUE(size >= 0 || reset_) << "nothing came";
    buffer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return buffer;
  }
  [[nodiscard]] bool reset() const { return reset_; }

  std::string ReceiveAll() {
    std::string all = std::exchange(pending_, {});
    for (std::string more = Receive(); !more.empty(); more = Receive()) all += more;
    return all;
  }

  /// One answer with Content-Length; status 0 if the connection ended first.
  ReceivedAnswer ReceiveAnswer(bool to_head = false) {
    for (;;) {
      ReceivedAnswer answer;
      if (TakeAnswer(pending_, answer, to_head)) return answer;
      const std::string more = Receive();
      if (more.empty()) return {};
      pending_ += more;
    }
  }

  /// Everything until the connection is closed, as answers with Content-Length.
  std::vector<ReceivedAnswer> ReceiveAnswers() {
    std::string all = ReceiveAll();
    std::vector<ReceivedAnswer> answers;
    ReceivedAnswer answer;
    while (TakeAnswer(all, answer, false)) answers.push_back(std::move(answer));
    EXPECT_EQ(all, "");
    return answers;
  }

 private:
  static bool TakeAnswer(std::string& bytes, ReceivedAnswer& answer, bool to_head) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    answer.head = bytes.substr(0, end + 2);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const std::size_t field = answer.head.find("\r\nContent-Length: ");
    const std::size_t length =
        field == std::string::npos || to_head ? 0 : std::stoul(answer.head.substr(field + 18));
    if (bytes.size() < end + 4 + length) return false;
    answer.body = bytes.substr(end + 4, length);
    bytes.erase(0, end + 4 + length);
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool reset_ = false;
  std::string pending_;
};

class ServerFixture : public testing::Test {
 protected:
  ~ServerFixture() override { StopServer(); }

  void StartServer(ServerSettings settings = {}) {
    settings.listen_port = 0;
    if (settings.host_names.empty()) settings.host_names = {"h"};
    auto created = Server::Create(std::move(settings), router_, [this](const AccessRecord& record) {
      const std::lock_guard lock(mutex_);
      records_.push_back(record);
      recorded_.notify_all();
    });
    ASSERT_TRUE(created.has_value()) << created.error().message;
    server_ = std::move(*created);
    thread_ = std::thread([this] { server_->Run(); });
  }

  void StopServer() {
    if (!thread_.joinable()) return;
    server_->Stop();
    thread_.join();
  }

  /// Waits until `count` requests were logged.
  std::vector<AccessRecord> Records(std::size_t count) {
    std::unique_lock lock(mutex_);
    recorded_.wait_for(lock, std::chrono::seconds(30), [&] { return records_.size() >= count; });
    return records_;
  }

  std::uint16_t port() { return server_->port(); }

  Router router_;
  std::unique_ptr<Server> server_;
  std::thread thread_;

 private:
  std::mutex mutex_;
  std::condition_variable recorded_;
  std::vector<AccessRecord> records_;
};

}  // namespace latchkey::http
