#pragma once

#include <string_view>

namespace latchkey {

/// Whether `password` is among the 20,000 that people choose most often, whatever its letter case.
/// The list (common_passwords.txt) is part of the program.
///
/// It is the list of Django 4.2 (BSD licence), which Royce Williams made of what breaches made
/// known, without the few lines that are not ASCII.
[[nodiscard]] bool IsCommonPassword(std::string_view password);

}  // namespace latchkey
