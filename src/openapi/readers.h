#pragma once

// The two syntaxes. Each feeds the builder until the text ends or the builder has a fault; what is
// wrong with the syntax becomes the builder's fault.

#include <string_view>

#include "openapi/document_builder.h"

namespace latchkey::openapi {

void ReadJson(std::string_view text, DocumentBuilder& builder);
void ReadYaml(std::string_view text, DocumentBuilder& builder);

}  // namespace latchkey::openapi
