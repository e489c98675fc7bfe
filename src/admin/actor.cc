#include "admin/actor.h"

#include <pwd.h>

#include <array>

namespace latchkey::admin {

std::string ActorFor(uid_t uid) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  if (error != 0 || found == nullptr || found->pw_name == nullptr) {
    return "cli:uid-" + std::to_string(uid);
  }
  return std::string{"cli:"} + found->pw_name;
}

}  // namespace latchkey::admin
