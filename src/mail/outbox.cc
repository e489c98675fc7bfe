#include "mail/outbox.h"

#include <algorithm>
#include <utility>

namespace latchkey::mail {

Outbox::Outbox(Transport& transport, Options options, Alarm alarm)
    : transport_(transport),
      options_(options),
      alarm_(std::move(alarm)),
      thread_([this] { Run(); }) {}

Outbox::~Outbox() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (std::size_t left = queue_.size(); left > 0; --left) {
    Drop({.code = Error::Code::kUnavailable, .message = "a letter was not sent before the stop"});
  }
}

void Outbox::Post(Message message) {
  {
    const std::lock_guard lock{mutex_};
    if (counts_.waiting < options_.queue_max) {
      queue_.push_back({.message = std::move(message), .attempts = 0, .due = Steady::now()});
      ++counts_.waiting;
      changed_.notify_all();
      return;
    }
  }
  Drop({.code = Error::Code::kLimitExceeded,
        .message = "a letter was not sent: too many are waiting",
        .hint = "see whether the mail server takes letters"});
}

Outbox::Counts Outbox::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

void Outbox::Run() {
  std::unique_lock lock{mutex_};
  while (std::optional<Letter> letter = TakeDue(lock)) {
    lock.unlock();
    const Result<void> sent = transport_.Send(letter->message);
    Settle(std::move(*letter), sent);
    lock.lock();
  }
}

std::optional<Outbox::Letter> Outbox::TakeDue(std::unique_lock<std::mutex>& lock) {
  while (!stopping_) {
    const auto first = std::ranges::min_element(queue_, {}, &Letter::due);
    if (first == queue_.end()) {
      changed_.wait(lock);
    } else if (first->due > Steady::now()) {
      changed_.wait_until(lock, Steady::time_point{first->due});
    } else {
      Letter letter = std::move(*first);
      queue_.erase(first);
      return letter;
    }
  }
  return std::nullopt;
}

void Outbox::Settle(Letter letter, const Result<void>& sent) {
  ++letter.attempts;
  const bool again = !sent && sent.error().code == Error::Code::kUnavailable &&
                     letter.attempts < options_.attempts_max;
  if (again) {
    // Doubled at most 20 times: by then any delay is above the longest.
    const std::chrono::milliseconds::rep factor = 1L << std::min(letter.attempts - 1, 20);
    letter.due = Steady::now() + std::min(options_.delay_first * factor, options_.delay_max);
    const std::lock_guard lock{mutex_};
    queue_.push_back(std::move(letter));
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    --counts_.waiting;
    if (sent) ++counts_.sent;
  }
  if (!sent) Drop(sent.error());
}

void Outbox::Drop(const Error& error) {
  {
    const std::lock_guard lock{mutex_};
    ++counts_.dropped;
  }
  if (alarm_) alarm_(error);
}

}  // namespace latchkey::mail
