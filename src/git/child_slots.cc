#include "git/child_slots.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <utility>

namespace latchkey::git {
namespace {

namespace asio = boost::asio;

// One that waits for a slow client costs little; so many working at once do no harm either.
constexpr std::size_t kRunningMin = 32;

/// What one account may have of `all`.
constexpr std::size_t ShareOf(std::size_t all) {
  constexpr std::size_t kShares = 4;
  return std::max<std::size_t>(1, all / kShares);
}

}  // namespace

struct ChildSlots::Waiter {
  Waiter(const asio::any_io_executor& executor, std::string account_waiting)
      : timer(executor), account(std::move(account_waiting)) {}
  asio::steady_timer timer;  // Only touched on its executor.
  const std::string account;
  bool given = false;  // Under the queue's mutex.
};

ChildSlots::ChildSlots(Settings settings) : settings_(settings) {
  if (settings_.running_max == 0) {
    settings_.running_max =
        std::max(kRunningMin, std::size_t{2} * std::thread::hardware_concurrency());
  }
}

ChildSlots::Entry ChildSlots::Enter(const std::shared_ptr<Waiter>& waiter) {
  const std::scoped_lock lock{mutex_};
  const std::string& account = waiter->account;
  if (running_ < settings_.running_max && HasShareLeft(account)) {
    ++running_;
    ++running_of_[account];
    return Entry::kTaken;
  }
  const auto waiting =
      static_cast<std::size_t>(std::ranges::count(queue_, account, &Waiter::account));
  if (queue_.size() >= settings_.waiting_max || waiting >= ShareOf(settings_.waiting_max)) {
    return Entry::kFull;
  }
  queue_.push_back(waiter);
  return Entry::kQueued;
}

bool ChildSlots::Leave(const std::shared_ptr<Waiter>& waiter) {
  const std::scoped_lock lock{mutex_};
  if (!waiter->given) std::erase(queue_, waiter);
  return waiter->given;
}

bool ChildSlots::HasShareLeft(const std::string& account) const {
  const auto found = running_of_.find(account);
  return found == running_of_.end() || found->second < ShareOf(settings_.running_max);
}

http::Awaitable<std::optional<ChildSlots::Slot>> ChildSlots::Take(std::string account) {
  const auto executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(executor, account);
  waiter->timer.expires_after(settings_.patience);
  const Entry entry = Enter(waiter);
  if (entry == Entry::kFull) co_return std::nullopt;
  if (entry == Entry::kQueued) {
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!Leave(waiter)) co_return std::nullopt;
  }
  co_return std::optional<Slot>{std::in_place, this, std::move(account)};
}

void ChildSlots::Give(const std::string& account) {
  std::shared_ptr<Waiter> next;
  {
    const std::scoped_lock lock{mutex_};
    if (--running_of_[account] == 0) running_of_.erase(account);
    const auto found = std::ranges::find_if(
        queue_, [this](const auto& waiter) { return HasShareLeft(waiter->account); });
    if (found == queue_.end()) {
      --running_;
      return;
    }
    // The place goes from hand to hand, so that nobody new can come in between.
    next = std::move(*found);
    queue_.erase(found);
    ++running_of_[next->account];
    next->given = true;
  }
  // Posted behind the start of its wait, on its executor: cancelling before would be lost.
  asio::post(next->timer.get_executor(), [next] { next->timer.cancel(); });
}

std::size_t ChildSlots::running() const {
  const std::scoped_lock lock{mutex_};
  return running_;
}

}  // namespace latchkey::git
