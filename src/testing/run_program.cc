#include "testing/run_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace latchkey {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string ReadToEnd(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

Output RunProgram(std::vector<std::string> arguments) {
  std::vector<std::string> environment{
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "HOME=/nonexistent",
      "LC_ALL=C",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_ASKPASS=false",
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_AUTHOR_NAME=Ana",
      "GIT_AUTHOR_EMAIL=ana@example.com",
      "GIT_COMMITTER_NAME=Ana",
      "GIT_COMMITTER_EMAIL=ana@example.com",
  };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.status = 255, .text = "no pipe"};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t pid = -1;
  const std::vector<char*> argv = Pointers(arguments);
  const int error = ::posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(),
                                   Pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Output output{.status = 255, .text = ReadToEnd(ends[0])};
  ::close(ends[0]);
  int status = 0;
  if (error == 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status)) {
    output.status = WEXITSTATUS(status);
  }
  return output;
}

}  // namespace latchkey
