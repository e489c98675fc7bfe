/* For a load generator that knows TCP alone: LD_PRELOAD this, and every connection goes to the Unix
   socket BENCH_UNIX_SOCKET. Used for all contenders of a comparison alike. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int connect(int descriptor, const struct sockaddr* address, socklen_t size) {
  static int (*real)(int, const struct sockaddr*, socklen_t);
  if (!real) real = (int (*)(int, const struct sockaddr*, socklen_t))dlsym(RTLD_NEXT, "connect");
  const char* path = getenv("BENCH_UNIX_SOCKET");
  if (!path || address->sa_family != AF_INET) return real(descriptor, address, size);
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  strncpy(local.sun_path, path, sizeof local.sun_path - 1);
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  /* Blocking while it connects: a Unix socket with a full queue would say EAGAIN. */
  int flags = fcntl(descriptor, F_GETFL);
  if (dup2(made, descriptor) < 0) return -1;
  close(made);
  int result = real(descriptor, (const struct sockaddr*)&local, sizeof local);
  fcntl(descriptor, F_SETFL, flags);
  return result;
}
