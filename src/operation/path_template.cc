#include "operation/path_template.h"

#include <algorithm>
#include <utility>

#include "operation/decoded.h"

namespace latchkey {
namespace {

std::unexpected<Error> Bad(std::string what) {
  return Fail(Error::Code::kInvalidArgument, std::move(what),
              "docs/apps.md says what a template may be.");
}

/// A parameter's name without the marks of a greedy one.
struct ParameterName {
  std::string_view name;
  bool marked_greedy;
};

ParameterName ReadName(std::string_view inside) {
  if (inside.size() > 1 && inside.front() == '+') return {inside.substr(1), true};
  if (inside.size() > 1 && (inside.back() == '+' || inside.back() == '*')) {
    return {inside.substr(0, inside.size() - 1), true};
  }
  return {inside, false};
}

/// One segment, piece by piece.
struct Scanned {
  std::vector<std::string> pieces{std::string{}};
  ParameterName last{};
};

Result<Scanned> Scan(std::string_view segment) {
  Scanned scanned;
  while (!segment.empty()) {
    if (segment.front() == '}') return Bad("a } without its {");
    if (segment.front() != '{') {
      const std::size_t end = std::min(segment.find_first_of("{}"), segment.size());
      scanned.pieces.back() += Decoded(segment.substr(0, end));
      segment.remove_prefix(end);
      continue;
    }
    const std::size_t end = segment.find('}');
    if (end == std::string_view::npos) return Bad("a { without its }");
    scanned.last = ReadName(segment.substr(1, end - 1));
    if (scanned.last.name.empty()) return Bad("a parameter without a name");
    if (scanned.last.name.contains('{')) return Bad("a { without its }");
    // Two parameters with nothing between them are one: nobody could tell where the first ends.
    if (scanned.pieces.size() == 1 || !scanned.pieces.back().empty()) {
      scanned.pieces.emplace_back();
    }
    segment.remove_prefix(end + 1);
  }
  return scanned;
}

bool IsGreedy(const ParameterName& parameter, const TemplateSettings& settings) {
  return parameter.marked_greedy ||
         std::ranges::find(settings.greedy, parameter.name) != settings.greedy.end();
}

Result<TemplateSegment> ReadSegment(std::string_view segment, bool is_last,
                                    const TemplateSettings& settings) {
  using enum TemplateSegment::Kind;
  Result<Scanned> scanned = Scan(segment);
  if (!scanned) return std::unexpected(scanned.error());
  std::vector<std::string>& pieces = scanned->pieces;
  if (pieces.size() == 1) {
    if (pieces.front().empty()) return Bad("an empty segment");
    if (pieces.front() == "." || pieces.front() == "..") return Bad("a dot segment");
    return TemplateSegment{.kind = kLiteral, .pieces = std::move(pieces)};
  }
  const bool whole = pieces.size() == 2 && pieces.front().empty() && pieces.back().empty();
  if (!whole) return TemplateSegment{.kind = kPattern, .pieces = std::move(pieces)};
  return TemplateSegment{.kind =
                             is_last && IsGreedy(scanned->last, settings) ? kGreedy : kParameter};
}

Result<void> CheckText(std::string_view path) {
  if (!path.starts_with('/')) return Bad("it does not begin with a slash");
  if (path.size() > kTemplateSizeMax) {
    return Bad("it has more than " + std::to_string(kTemplateSizeMax) + " bytes");
  }
  for (const char c : path) {
    if (c == '?' || c == '#') return Bad("it has a query or a fragment");
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      return Bad("it has a control character");
  }
  return {};
}

/// Takes `piece` off the front of `segment`, decoded. False, with `segment` somewhere, if it does
/// not stand there.
bool TakePiece(std::string_view& segment, std::string_view piece) {
  for (const char c : piece) {
    if (segment.empty() || TakeDecoded(segment) != static_cast<unsigned char>(c)) return false;
  }
  return true;
}

/// Moves on to behind the first place where `piece` stands; the last piece must end the segment.
bool SkipPastPiece(std::string_view& segment, std::string_view piece, bool is_last) {
  for (;;) {
    std::string_view attempt = segment;
    if (TakePiece(attempt, piece) && (!is_last || attempt.empty())) {
      segment = attempt;
      return true;
    }
    if (segment.empty()) return false;
    DropDecoded(segment);
  }
}

}  // namespace

Result<std::vector<TemplateSegment>> ParseTemplate(std::string_view path,
                                                   const TemplateSettings& settings) {
  if (Result<void> checked = CheckText(path); !checked) return std::unexpected(checked.error());
  std::string_view rest = path.substr(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::vector<TemplateSegment> segments;
  if (path == "/") return segments;
  for (;;) {
    const std::size_t end = rest.find('/');
    const bool is_last = end == std::string_view::npos;
    Result<TemplateSegment> segment = ReadSegment(rest.substr(0, end), is_last, settings);
    if (!segment) return std::unexpected(segment.error());
    if (segments.size() == kTemplateSegmentsMax) {
      return Bad("it has more than " + std::to_string(kTemplateSegmentsMax) + " segments");
    }
    segments.push_back(std::move(*segment));
    if (is_last) return segments;
    rest.remove_prefix(end + 1);
  }
}

bool MatchesPattern(std::string_view segment, std::span<const std::string> pieces) noexcept {
  if (!TakePiece(segment, pieces.front())) return false;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (segment.empty()) return false;
    DropDecoded(segment);  // A parameter is not empty.
    if (!SkipPastPiece(segment, pieces[i], i + 1 == pieces.size())) return false;
  }
  return segment.empty();
}

}  // namespace latchkey
