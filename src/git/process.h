#pragma once

// Starts git with everything about it decided here: which program, which words, which environment,
// which configuration, which open files. Nothing of a request reaches it but the repository, as an
// open directory, and the protocol version, as one of three numbers.
//
//     argv    git upload-pack --stateless-rpc .      literals of ours; "." is the open directory
//     env     PATH, HOME, LC_ALL, GIT_…              nothing is inherited
//     config  GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n…    wins over the repository's own file
//     files   0, 1, 2                                every other one is closed
//
// It runs in a process group of its own, so that it can be ended together with what it started.
// When the server dies, git's input ends and its output breaks, and so it ends by itself.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/file_descriptor.h"

namespace latchkey::git {

struct GitProgram {
  std::string path = "/usr/bin/git";
  /// Largest pack that one push may bring, in bytes as sent; 0: no limit.
  std::uint64_t pack_size_max = std::uint64_t{8} << 30;
};

struct GitCommand {
  /// What follows `git`. Literals of ours; never a text that came with a request.
  std::vector<std::string_view> arguments;
  /// Protocol version that the client asked for, 0 to 2.
  int protocol_version = 0;
};

struct Stdio {
  int in;
  int out;
  int error;
};

struct Process {
  pid_t pid = -1;  ///< Also its group.
  FileDescriptor
      pidfd;  ///< Readable when it has ended. Not yet reaped then: see waitid(2), P_PIDFD.
};

/// The whole environment of a git process: `NAME=value`.
[[nodiscard]] std::vector<std::string> GitEnvironment(const GitProgram& program,
                                                      int protocol_version);

/// Starts git in the open directory `directory`, and shares a lock on it (flock(2)) with git and
/// all that git starts: while any of them lives, even after this process was killed, nobody else
/// gets an exclusive one. Errors: kUnavailable, with the system's reason.
[[nodiscard]] Result<Process> StartGit(const GitProgram& program, const GitCommand& command,
                                       int directory, const Stdio& stdio);

struct Exit {
  int code = 0;         ///< Exit status, or the signal's number.
  bool killed = false;  ///< By a signal.
  [[nodiscard]] bool ok() const { return code == 0 && !killed; }
};

/// Waits for its end and reaps it. Blocks unless it has ended.
[[nodiscard]] Exit Reap(const Process& process);

/// Runs a short git command that reads nothing, and waits for it. Blocks.
/// Errors: as StartGit; kIo when it fails, with the first lines that it wrote.
[[nodiscard]] Result<void> RunGit(const GitProgram& program, const GitCommand& command,
                                  int directory);

}  // namespace latchkey::git
