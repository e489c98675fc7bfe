#include "git/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <cerrno>
#include <csignal>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "testing/matchers.h"

namespace latchkey::git {
namespace {

namespace asio = boost::asio;

// A shell stands for git, so that a test can say what it does.
class ChildTest : public testing::Test {
 protected:
  std::unique_ptr<Child> Start(std::string script, Child::Limits limits = {}) {
    return Start(io_.get_executor(), std::move(script), limits);
  }

  std::unique_ptr<Child> Start(const asio::any_io_executor& executor, std::string script,
                               Child::Limits limits = {}) {
    const FileDescriptor root{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    Result<std::unique_ptr<Child>> child =
        Child::Start(executor, {.path = "/bin/sh"}, {.arguments = {"-c", std::move(script)}},
                     root.get(), limits);
    EXPECT_THAT(child, IsOk());
    return std::move(*child);
  }

  /// Runs a coroutine to its end.
  void Await(Awaitable<void> coroutine) {
    asio::co_spawn(io_, std::move(coroutine), [](const std::exception_ptr& stray) {
      if (stray) std::rethrow_exception(stray);
    });
    io_.run();
    io_.restart();
  }

  static Awaitable<std::string> ReadAll(Child& child) {
    std::string text;
    std::vector<char> buffer(1000);
    for (;;) {
      const Result<std::size_t> size = co_await child.Read(buffer);
      if (!size || *size == 0) co_return text;
      text.append(buffer.data(), *size);
    }
  }

  /// Whether this process has a child left, running or not yet reaped.
  static bool HasChildren() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

  asio::io_context io_;
};

TEST_F(ChildTest, TakesInputAndGivesOutput) {
  const auto child = Start("cat; echo error >&2; exit 3");
  const auto talk = [&]() -> Awaitable<void> {
    const Result<void> written = co_await child->Write(std::string_view{"hello"});
    EXPECT_THAT(written, IsOk());
    child->CloseInput();
    const std::string text = co_await ReadAll(*child);
    EXPECT_EQ(text, "hello");
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.code, 3);
    EXPECT_FALSE(exit.killed);
  };
  Await(talk());
  EXPECT_EQ(child->error_text(), "error\n");
}

TEST_F(ChildTest, ItsLastWordsAreKnownAsSoonAsItsEndIs) {
  // As in the server: many at a time, each with its strand, and more than one thread.
  const auto talk = [this](asio::any_io_executor strand) -> Awaitable<void> {
    for (int round = 0; round < 100; ++round) {
      const auto child = Start(strand, "exec >&-; echo 'last words' >&2");
      const std::string text = co_await ReadAll(*child);
      EXPECT_EQ(text, "");
      const Exit exit = co_await child->Wait();
      EXPECT_TRUE(exit.ok());
      EXPECT_EQ(child->error_text(), "last words\n");
    }
  };
  for (int talks = 0; talks < 8; ++talks) {
    const asio::any_io_executor strand = asio::make_strand(io_);
    asio::co_spawn(strand, talk(strand), asio::detached);
  }
  const std::jthread other([this] { io_.run(); });
  io_.run();
}

TEST_F(ChildTest, EarlyOutputCannotBlockTheInput) {
  // Ten times what both pipes hold, all of it echoed at once.
  const std::string input(10'000'000, 'x');
  const auto child = Start("cat", {.early_output_max = 20'000'000});
  const auto talk = [&]() -> Awaitable<void> {
    const Result<void> written = co_await child->Write(input);
    EXPECT_THAT(written, IsOk());
    child->CloseInput();
    const std::string text = co_await ReadAll(*child);
    EXPECT_EQ(text.size(), input.size());
  };
  Await(talk());
}

TEST_F(ChildTest, EarlyOutputIsBounded) {
  const std::string input(10'000'000, 'x');
  const auto child = Start("cat", {.early_output_max = 100'000});
  const auto talk = [&]() -> Awaitable<void> {
    const Result<void> written = co_await child->Write(input);
    EXPECT_THAT(written, FailsWith(Error::Code::kLimitExceeded));
    co_await child->Stop();
  };
  Await(talk());
  EXPECT_FALSE(HasChildren());
}

TEST_F(ChildTest, AClosedInputIsToldApart) {
  const std::string input(10'000'000, 'x');
  const auto child = Start("exec <&-; echo no");
  const auto talk = [&]() -> Awaitable<void> {
    const Result<void> written = co_await child->Write(input);
    EXPECT_THAT(written, FailsWith(Error::Code::kNotFound));
    const std::string text = co_await ReadAll(*child);
    EXPECT_EQ(text, "no\n");
  };
  Await(talk());
}

TEST_F(ChildTest, SilenceEndsAWait) {
  const auto child = Start("exec sleep 1000", {.silence_max = std::chrono::seconds{0}});
  const auto talk = [&]() -> Awaitable<void> {
    std::vector<char> buffer(10);
    const Result<std::size_t> read = co_await child->Read(buffer);
    EXPECT_THAT(read, FailsWith(Error::Code::kUnavailable));
    const Exit exit = co_await child->Wait();
    EXPECT_TRUE(exit.killed);
  };
  Await(talk());
}

TEST_F(ChildTest, StopAsksBeforeItKills) {
  const auto child =
      Start("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
  const auto talk = [&]() -> Awaitable<void> {
    std::vector<char> buffer(100);
    const Result<std::size_t> read = co_await child->Read(buffer);
    EXPECT_THAT(read, IsOk());
    co_await child->Stop();
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.code, 7);
  };
  Await(talk());
}

TEST_F(ChildTest, TheDestructorLeavesNoProcessAndNoZombie) {
  Start("while :; do sleep 1000; done").reset();
  io_.run();
  EXPECT_FALSE(HasChildren());
}

}  // namespace
}  // namespace latchkey::git
