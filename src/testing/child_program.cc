#include "testing/child_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace latchkey {

ChildProgram::ChildProgram(std::vector<std::string> arguments) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  if (::posix_spawnp(&pid_, argv.front(), &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  input_ = to[1];
  output_ = from[0];
}

ChildProgram::~ChildProgram() {
  ::close(input_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  ::close(output_);
}

std::string ChildProgram::ReadLine() const {
  std::string line;
  char c = '\0';
  while (::read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void ChildProgram::WriteLine(std::string line) const {
  line += '\n';
  if (::write(input_, line.data(), line.size()) < 0) return;
}

}  // namespace latchkey
