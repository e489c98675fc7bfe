#pragma once

// One line of journal.log: the change's JSON with its MAC as the last member, so that the file is
// JSON Lines.
//
//     change  {"seq":7,"batch":3,…}
//     line    {"seq":7,"batch":3,…,"mac":"<64 hexadecimal digits>"}

#include <optional>
#include <string>
#include <string_view>

#include "authority/change.h"

namespace latchkey {

/// Whether the change's text can be a line: `{"seq":7,"batch":3,…}` with the change's own numbers
/// and without a line break.
[[nodiscard]] bool HasLineForm(const ChangeLine& line);

/// Appends the line and its line break to `out`. `line` has the form.
void AppendJournalLine(const ChangeLine& line, std::string& out);

/// Reads a line without its line break. Nothing if it is not of the form above; only the first two
/// members and the last are looked at, since the MAC covers the rest.
[[nodiscard]] std::optional<ChangeLine> ParseJournalLine(std::string_view text);

/// The same, into a line whose memory is used again. False, with `line` undefined, instead of
/// nothing.
[[nodiscard]] bool ParseJournalLineInto(std::string_view text, ChangeLine& line);

}  // namespace latchkey
