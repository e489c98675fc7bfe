#include "git/child_slots.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace latchkey::git {
namespace {

namespace asio = boost::asio;

class ChildSlotsTest : public testing::Test {
 protected:
  void Make(ChildSlots::Settings settings) { slots_ = std::make_unique<ChildSlots>(settings); }

  /// Starts a request that asks for a place, and writes down whether it got one; it keeps it in
  /// `held_`.
  void Ask(const std::string& name) {
    const auto ask = [](ChildSlotsTest& test, std::string who) -> http::Awaitable<void> {
      std::string account = who;
      std::optional<ChildSlots::Slot> slot = co_await test.slots_->Take(std::move(account));
      test.log_ += who + (slot ? "+ " : "- ");
      if (slot) test.held_.push_back(std::move(*slot));
    };
    asio::co_spawn(io_, ask(*this, name), asio::detached);
    Poll();
  }

  void GiveBackFirst() {
    held_.pop_front();
    Poll();
  }

  void Poll() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_;
  std::string log_;
  std::unique_ptr<ChildSlots> slots_;
  std::deque<ChildSlots::Slot> held_;
};

TEST_F(ChildSlotsTest, GivesPlacesUpToTheLimitAndThenInOrder) {
  Make({.running_max = 1, .waiting_max = 2, .patience = std::chrono::hours{1}});
  Ask("a");
  Ask("b");
  Ask("c");
  EXPECT_EQ(log_, "a+ ");
  Ask("d");
  EXPECT_EQ(log_, "a+ d- ");
  GiveBackFirst();
  EXPECT_EQ(log_, "a+ d- b+ ");
  GiveBackFirst();
  EXPECT_EQ(log_, "a+ d- b+ c+ ");
  EXPECT_EQ(slots_->running(), 1U);
  GiveBackFirst();
  EXPECT_EQ(slots_->running(), 0U);
}

TEST_F(ChildSlotsTest, PatienceEnds) {
  Make({.running_max = 1, .waiting_max = 2, .patience = std::chrono::milliseconds{1}});
  Ask("a");
  Ask("b");
  io_.restart();
  io_.run();
  EXPECT_EQ(log_, "a+ b- ");
  held_.clear();
  EXPECT_EQ(slots_->running(), 0U);
}

TEST_F(ChildSlotsTest, OneAccountHasAQuarterAtMost) {
  Make({.running_max = 8, .waiting_max = 8, .patience = std::chrono::hours{1}});
  for (int i = 0; i < 5; ++i) Ask("a");
  EXPECT_EQ(log_, "a+ a+ a- ") << "two run, two wait, the fifth is sent away";
  Ask("b");
  EXPECT_EQ(log_, "a+ a+ a- b+ ") << "others are not kept waiting";
  GiveBackFirst();
  EXPECT_EQ(log_, "a+ a+ a- b+ a+ ");
  EXPECT_EQ(slots_->running(), 3U);
  while (!held_.empty()) GiveBackFirst();
  EXPECT_EQ(slots_->running(), 0U);
}

TEST_F(ChildSlotsTest, ByDefaultThereAreSeveral) {
  Make({});
  for (int i = 0; i < 8; ++i) Ask("a");
  EXPECT_EQ(slots_->running(), 8U);
  held_.clear();
}

}  // namespace
}  // namespace latchkey::git
