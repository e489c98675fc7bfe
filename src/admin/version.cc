#include "admin/version.h"

namespace latchkey::admin {

std::string_view Version() { return LATCHKEY_VERSION; }

}  // namespace latchkey::admin
