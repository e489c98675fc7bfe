#include "problem/json_text.h"

namespace latchkey {

std::string FormatJson(const Json& value) {
  return value.dump(/*indent=*/-1, /*indent_char=*/' ', /*ensure_ascii=*/false,
                    Json::error_handler_t::replace);
}

http::Response JsonResponse(int status, const Json& value) {
  http::Response response;
  response.status = status;
  response.fields.Set("Content-Type", "application/json");
  response.body = FormatJson(value);
  return response;
}

}  // namespace latchkey
