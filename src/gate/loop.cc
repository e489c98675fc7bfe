#include "gate/loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace latchkey::gate {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kEventsMax = 256;
constexpr int kAcceptsMax = 64;  // In one round, so that connections there are do not starve.
constexpr std::size_t kReadSize = 65536;
constexpr int kReadsMax = 16;  // Of one connection in one round, likewise.
// Told once, when something comes: the kernel then has no need to look again after each answer. The
// other states are told as long as they last.
constexpr std::uint32_t kToRead = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::size_t kOutputKept = 524288;
constexpr std::size_t kDiscardMax = 262144;
constexpr std::chrono::milliseconds kLinger{2000};
// After a failed accept (no file descriptors): connections stay in the kernel's queue meanwhile.
constexpr std::chrono::milliseconds kAcceptPause{100};
// So that lines of the access log do not wait longer for a loop that has nothing else to do.
constexpr std::chrono::milliseconds kLongestWait{200};

std::unexpected<Error> SystemError(const std::string& what) {
  return Fail(Error::Code::kIo, what + ": " + std::generic_category().message(errno));
}

Peer PeerOf(const sockaddr_storage& name, bool local, const http::TrustedProxies& proxies) {
  const void* const untyped = &name;
  Peer peer;
  if (local) {
    peer.local = peer.trusted = true;
  } else if (name.ss_family == AF_INET6) {
    ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &static_cast<const sockaddr_in6*>(untyped)->sin6_addr, bytes.size());
    peer.address = http::Unmapped(ip::address_v6(bytes));
  } else {
    peer.address = ip::address_v4(ntohl(static_cast<const sockaddr_in*>(untyped)->sin_addr.s_addr));
  }
  if (!local) peer.trusted = proxies.Trust(peer.address);
  return peer;
}

}  // namespace

struct Loop::ListenerSource : Source {
  Listener listener;
};

struct Loop::Connection : Source {
  enum class State : std::uint8_t { kReading, kWriting, kLingering };

  FileDescriptor socket;
  Conversation* conversation = nullptr;
  Peer peer;
  State state = State::kReading;
  std::string input;   // What Serve() did not use.
  std::string output;  // What the kernel did not take.
  std::size_t sent = 0;
  bool close_after = false;
  bool linger = false;
  bool more = false;
  std::size_t discarded = 0;
  Clock::time_point deadline{};
  Queue* queue = nullptr;
  Connections::iterator self;
};

Result<std::unique_ptr<Loop>> Loop::Create(LoopShared& shared,
                                           const std::vector<Listener>& listeners) {
  std::unique_ptr<Loop> loop{new Loop{shared}};
  if (Result<void> opened = loop->Open(listeners); !opened) {
    return std::unexpected(opened.error());
  }
  return loop;
}

Loop::Loop(LoopShared& shared)
    : shared_(shared),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  arriving_.patience = shared.limits.head_timeout;
  waiting_.patience = shared.limits.keep_alive_timeout;
  writing_.patience = shared.limits.write_timeout;
  lingering_.patience = kLinger;
}

Loop::~Loop() {
  for (Queue* const queue : {&arriving_, &waiting_, &writing_, &lingering_}) {
    while (!queue->connections.empty()) Close(queue->connections.front());
  }
}

Result<void> Loop::Open(const std::vector<Listener>& listeners) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &wake_source_;
  if (!epoll_.is_open() || !wake_.is_open() ||
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    return SystemError("the gate cannot wait for connections");
  }
  std::size_t request_size = 0;
  for (const Listener& listener : listeners) {
    request_size = std::max(request_size, listener.conversation->request_size_max());
    auto source = std::make_unique<ListenerSource>();
    source->kind = Source::Kind::kListener;
    source->listener = listener;
    listeners_.push_back(std::move(source));
  }
  accepting_ = false;
  ResumeAccepting();
  if (!accepting_) return SystemError("the gate cannot wait for connections");
  input_.resize(kReadSize + request_size);
  return {};
}

void Loop::ResumeAccepting() {
  accepting_ = true;
  for (const auto& source : listeners_) {
    epoll_event event{};
    // Of all threads that share the socket one is woken.
    event.events = EPOLLIN | EPOLLEXCLUSIVE;
    event.data.ptr = static_cast<Source*>(source.get());
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->listener.socket, &event) != 0) {
      accepting_ = false;
    }
  }
}

void Loop::PauseAccepting() {
  for (const auto& source : listeners_) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->listener.socket, nullptr);
  }
  accepting_ = false;
  accept_again_ = now_ + kAcceptPause;
}

void Loop::Stop() {
  shared_.stop_asked = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
}

bool Loop::idle() const {
  return arriving_.connections.empty() && waiting_.connections.empty() &&
         writing_.connections.empty() && lingering_.connections.empty();
}

void Loop::Run() {
  std::array<epoll_event, kEventsMax> events{};
  while (!stopping_ || !idle()) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), WaitTime());
    now_ = Clock::now();
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      Handle(*static_cast<Source*>(event.data.ptr), event.events);
    }
    SettleAll(/*at_once=*/false);
    ExpireAll();
    if (!accepting_ && !stopping_ && now_ >= accept_again_) ResumeAccepting();
    if (shared_.stop_asked && !stopping_) BeginStop();
    if (stopping_ && now_ >= stop_deadline_) break;
  }
  SettleAll(/*at_once=*/true);
}

int Loop::WaitTime() const {
  auto wait = kLongestWait;
  for (const Queue* const queue : {&arriving_, &waiting_, &writing_, &lingering_}) {
    if (queue->connections.empty()) continue;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(queue->connections.front().deadline - now_);
    wait = std::clamp(left, std::chrono::milliseconds{0}, wait);
  }
  return static_cast<int>(wait.count());
}

void Loop::SettleAll(bool at_once) {
  for (const auto& source : listeners_) source->listener.conversation->Settle(now_, at_once);
}

void Loop::Handle(Source& source, std::uint32_t events) {
  switch (source.kind) {
    case Source::Kind::kWake: {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t size = ::read(wake_.get(), &count, sizeof(count));
      return;
    }
    case Source::Kind::kListener: return Accept(static_cast<ListenerSource&>(source));
    case Source::Kind::kConnection: return OnConnection(static_cast<Connection&>(source), events);
  }
}

void Loop::Accept(ListenerSource& listener) {
  for (int i = 0; i < kAcceptsMax; ++i) {
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    void* const untyped = &name;
    FileDescriptor socket{::accept4(listener.listener.socket, static_cast<sockaddr*>(untyped),
                                    &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket.is_open()) {
      const bool exhausted =
          errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (exhausted) PauseAccepting();
      return;
    }
    Admit(listener, std::move(socket), PeerOf(name, listener.listener.local, shared_.proxies));
  }
}

void Loop::Admit(ListenerSource& listener, FileDescriptor socket, const Peer& peer) {
  std::atomic<std::size_t>& count = CountOf(peer);
  const std::size_t count_max = peer.trusted ? shared_.limits.connections_max : kUntrustedMax;
  if (count.fetch_add(1) >= count_max) {
    count.fetch_sub(1);
    const std::string_view words = listener.listener.conversation->turn_away();
    [[maybe_unused]] const ssize_t sent =
        ::send(socket.get(), words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  const int on = 1;
  if (!peer.local) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  Connection& connection = arriving_.connections.emplace_back();
  connection.kind = Source::Kind::kConnection;
  connection.self = std::prev(arriving_.connections.end());
  connection.queue = &arriving_;
  connection.socket = std::move(socket);
  connection.conversation = listener.listener.conversation;
  connection.peer = peer;
  // From the first moment on, and never anew, however the bytes drip.
  connection.deadline = now_ + arriving_.patience;
  epoll_event event{};
  event.events = kToRead;
  event.data.ptr = static_cast<Source*>(&connection);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) != 0) {
    Close(connection);
  }
}

void Loop::OnConnection(Connection& connection, std::uint32_t events) {
  switch (connection.state) {
    case Connection::State::kReading: return Receive(connection, events);
    case Connection::State::kWriting:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Close(connection);
      return ContinueSending(connection);
    case Connection::State::kLingering: return Discard(connection);
  }
}

// The kernel tells once that something came, so it is read until there is no more. A read that does
// not fill its room has emptied the socket, unless the other side's end stands behind it.
void Loop::Receive(Connection& connection, std::uint32_t events) {
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  for (int reads = 0; reads < kReadsMax; ++reads) {
    const std::size_t kept = connection.input.copy(input_.data(), input_.size());
    const std::size_t room = input_.size() - kept;
    const ssize_t size = ::recv(connection.socket.get(), input_.data() + kept, room, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return Close(connection);
    const auto received = static_cast<std::size_t>(size);
    if (!Process(connection, {input_.data(), kept + received})) return;
    if (received < room && !ends) return;
  }
  // Others have their turn first; what is unread is told again.
  Watch(connection, kToRead);
}

bool Loop::Process(Connection& connection, std::string_view input) {
  std::size_t answered = 0;
  for (;;) {
    output_.clear();
    const Turn turn =
        connection.conversation->Serve(connection.peer, input, shared_.stop_asked, output_);
    input.remove_prefix(turn.used);
    answered += turn.used;
    connection.close_after = turn.close;
    connection.linger = turn.linger;
    connection.more = turn.more;
    const Sent sent = Send(connection, output_);
    if (sent == Sent::kGone) return false;
    // Where the other side is only slow, the rest waits until it has read.
    if (sent == Sent::kPartly) {
      connection.input.assign(input);
      return false;
    }
    if (turn.close) {
      Finish(connection, turn.linger);
      return false;
    }
    if (!turn.more) break;
  }
  if (input.empty()) {
    // A long one is not kept: idle connections are many.
    connection.input = {};
    MoveTo(connection, waiting_);
    return true;
  }
  connection.input.assign(input);
  const bool fresh = answered > 0 || connection.queue != &arriving_;
  if (fresh) MoveTo(connection, arriving_);
  return true;
}

Loop::Sent Loop::Send(Connection& connection, std::string& output) {
  if (output.empty()) return Sent::kAll;
  ssize_t sent = ::send(connection.socket.get(), output.data(), output.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    Close(connection);
    return Sent::kGone;
  }
  sent = std::max<ssize_t>(sent, 0);
  if (static_cast<std::size_t>(sent) == output.size()) {
    if (output.capacity() > kOutputKept) output = {};
    return Sent::kAll;
  }
  connection.output = std::exchange(output, {});
  connection.sent = static_cast<std::size_t>(sent);
  connection.state = Connection::State::kWriting;
  Watch(connection, EPOLLOUT);
  MoveTo(connection, writing_);
  return Sent::kPartly;
}

void Loop::ContinueSending(Connection& connection) {
  const std::string_view left = std::string_view{connection.output}.substr(connection.sent);
  const ssize_t sent = ::send(connection.socket.get(), left.data(), left.size(), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent < 0) return Close(connection);
  connection.sent += static_cast<std::size_t>(sent);
  if (connection.sent < connection.output.size()) return MoveTo(connection, writing_);
  connection.output = {};
  connection.sent = 0;
  if (connection.close_after) return Finish(connection, connection.linger);
  connection.state = Connection::State::kReading;
  Watch(connection, kToRead);
  MoveTo(connection, connection.input.empty() ? waiting_ : arriving_);
  if (!connection.more) return;
  const std::string input = std::exchange(connection.input, {});
  Process(connection, input);
}

void Loop::Finish(Connection& connection, bool linger) {
  if (!linger) return Close(connection);
  ::shutdown(connection.socket.get(), SHUT_WR);
  connection.state = Connection::State::kLingering;
  connection.input = {};
  Watch(connection, EPOLLIN);
  MoveTo(connection, lingering_);
}

void Loop::Discard(Connection& connection) {
  const ssize_t size = ::recv(connection.socket.get(), input_.data(), input_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return Close(connection);
  connection.discarded += static_cast<std::size_t>(size);
  if (connection.discarded > kDiscardMax) Close(connection);
}

void Loop::MoveTo(Connection& connection, Queue& queue) {
  connection.deadline = now_ + queue.patience;
  queue.connections.splice(queue.connections.end(), connection.queue->connections, connection.self);
  connection.queue = &queue;
}

void Loop::Watch(Connection& connection, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = static_cast<Source*>(&connection);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.get(), &event);
}

void Loop::Close(Connection& connection) {
  CountOf(connection.peer).fetch_sub(1);
  connection.queue->connections.erase(connection.self);
}

std::atomic<std::size_t>& Loop::CountOf(const Peer& peer) {
  if (peer.local) return shared_.local_connections;
  return peer.trusted ? shared_.trusted_connections : shared_.untrusted_connections;
}

void Loop::ExpireAll() {
  for (Queue* const queue : {&arriving_, &waiting_, &writing_, &lingering_}) Expire(*queue);
}

void Loop::Expire(Queue& queue) {
  while (!queue.connections.empty() && queue.connections.front().deadline <= now_) {
    Connection& connection = queue.connections.front();
    if (&queue != &arriving_ || connection.input.empty()) {
      Close(connection);
      continue;
    }
    output_.clear();
    connection.conversation->AppendTimeout(connection.peer, output_);
    connection.close_after = connection.linger = true;
    connection.input = {};
    if (Send(connection, output_) == Sent::kAll) Finish(connection, /*linger=*/true);
  }
}

void Loop::BeginStop() {
  stopping_ = true;
  stop_deadline_ = now_ + shared_.grace;
  PauseAccepting();
  // Whoever has a request on the way gets its answer; who has none has nothing to lose.
  for (auto at = waiting_.connections.begin(); at != waiting_.connections.end();) {
    Connection& connection = *at++;
    char byte = 0;
    if (::recv(connection.socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) continue;
    Close(connection);
  }
  for (auto at = arriving_.connections.begin(); at != arriving_.connections.end();) {
    Connection& connection = *at++;
    char byte = 0;
    if (!connection.input.empty()) continue;
    if (::recv(connection.socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) continue;
    Close(connection);
  }
}

}  // namespace latchkey::gate
