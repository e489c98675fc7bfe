#pragma once

// A program that runs beside a test, for those that need a real server: it says when it is ready
// by a line, and is told to end by the end of its input.

#include <sys/types.h>

#include <string>
#include <vector>

namespace latchkey {

class ChildProgram {
 public:
  /// `arguments` begin with the program, found by PATH. It has this program's environment and
  /// standard error.
  explicit ChildProgram(std::vector<std::string> arguments);
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;
  /// Closes its input and waits until it ended.
  ~ChildProgram();

  /// Its next line, waited for, without the line break; empty once there is none.
  [[nodiscard]] std::string ReadLine() const;
  /// Gives it a line to read; a call that the system refuses does nothing.
  void WriteLine(std::string line) const;

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace latchkey
