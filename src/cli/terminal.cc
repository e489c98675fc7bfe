#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction(2) is POSIX.
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace latchkey::cli {
namespace {

using enum Error::Code;

std::unexpected<Error> SystemError(const char* what, int error) {
  return Fail(kIo, std::string{what} + ": " + std::generic_category().message(error));
}

/// Reads until the end, or with `one_line` once: a terminal hands out one line at a time
/// (termios(3)).
Result<SecretString> ReadAll(int fd, bool one_line) {
  std::string text;
  text.reserve(kSecretSizeMax + 1);  // Never moved, so no copy is left behind.
  std::array<char, 4096> buffer{};
  int error = 0;
  bool done = false;
  while (!done && error == 0 && text.size() <= kSecretSizeMax) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) error = errno;
    if (size <= 0) break;
    const std::size_t room = kSecretSizeMax + 1 - text.size();
    text.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
    done = one_line;
  }
  Wipe(buffer.data(), buffer.size());
  SecretString secret{std::move(text)};
  if (error != 0) return SystemError("cannot read the secret", error);
  if (secret.size() > kSecretSizeMax) {
    return Fail(kLimitExceeded,
                "the secret is longer than " + std::to_string(kSecretSizeMax) + " bytes");
  }
  return secret;
}

/// Switches echo off while it lives. Signals that the keyboard sends wait until the echo is back.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd) {
    sigset_t keyboard;
    sigemptyset(&keyboard);
    for (const int signal : {SIGINT, SIGQUIT, SIGTSTP}) sigaddset(&keyboard, signal);
    ::pthread_sigmask(SIG_BLOCK, &keyboard, &before_);
    active_ = ::tcgetattr(fd_, &settings_) == 0;
    termios silent = settings_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    // The interrupt key ends the line instead: a signal that waits would leave the prompt standing.
    silent.c_cc[VEOL] = settings_.c_cc[VINTR];
    silent.c_cc[VINTR] = _POSIX_VDISABLE;
    active_ = active_ && ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (active_) ::tcsetattr(fd_, TCSAFLUSH, &settings_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  [[nodiscard]] bool active() const { return active_; }
  [[nodiscard]] char interrupt() const { return static_cast<char>(settings_.c_cc[VINTR]); }

 private:
  int fd_;
  bool active_ = false;
  termios settings_{};
  sigset_t before_{};
};

}  // namespace

Result<SecretString> ReadSecret(int fd) { return ReadAll(fd, /*one_line=*/false); }

Result<SecretString> PromptSecret(std::string_view prompt) {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    return Fail(kUnavailable, "there is no terminal to ask for the secret",
                "Give it on standard input.");
  }
  Result<SecretString> secret;
  {
    const Silence silence{fd};
    if (silence.active()) {
      [[maybe_unused]] const ssize_t written = ::write(fd, prompt.data(), prompt.size());
      secret = ReadAll(fd, /*one_line=*/true);
      const bool interrupted = secret && secret->Expose().ends_with(silence.interrupt());
      if (interrupted) secret = Fail(kUnavailable, "interrupted");
    } else {
      secret = Fail(kIo, "the terminal's echo cannot be switched off");
    }
  }
  ::close(fd);
  return secret;
}

}  // namespace latchkey::cli
