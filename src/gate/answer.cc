#include "gate/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "base/room_writer.h"
#include "base/text.h"
#include "http/answer.h"
#include "http/grammar.h"
#include "problem/json_text.h"

namespace latchkey::gate {

namespace {

// nginx reads an answer's head into one buffer of a page (4096 bytes, unless it is told otherwise);
// the other fields need room, too.
constexpr std::size_t kErrorLineMax = 2048;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kMethodNotAllowed = 405;

void AppendNumber(std::uint64_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void AppendStatusLine(int status, std::string_view date, std::string& out) {
  out += "HTTP/1.1 ";
  AppendNumber(static_cast<std::uint64_t>(status), out);
  out += ' ';
  out += http::ReasonPhrase(status);
  out += "\r\n";
  AppendField("Date", date, out);
}

/// What ends every answer: length, connection, the empty line, the body.
void AppendEnd(const AnswerFrame& frame, std::string_view body, std::string& out) {
  out += "Content-Length: ";
  AppendNumber(body.size(), out);
  out += frame.keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  if (!frame.to_head) out += body;
}

/// What keeps a browser from making more of a denial than it is. Proxies pass a denial on with its
/// fields, so these speak of that one answer alone: nothing here (HSTS, for one) would bind the
/// guarded app's whole host. What is allowed has none of them, since some proxies copy fields of
/// such an answer onto the app's own.
void AppendSafety(std::string& out) {
  out +=
      "X-Content-Type-Options: nosniff\r\n"
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
      "Referrer-Policy: no-referrer\r\n";
}

/// A field's value must stay one line whatever it was made of.
std::string OneLine(std::string_view value) {
  std::string line{value};
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

std::string AsciiLine(const http::Response& response) {
  const Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (body.is_discarded()) return "{}";
  return body.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

Result<void> Rename(HeaderNames& names, std::string_view entry) {
  const std::size_t equals = entry.find('=');
  const std::string_view key = entry.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view{} : entry.substr(equals + 1);
  const std::array<std::pair<std::string_view, std::string*>, 7> members{{
      {"account", &names.account},
      {"email", &names.email},
      {"credential", &names.credential},
      {"scopes", &names.scopes},
      {"status", &names.status},
      {"error", &names.error},
      {"age", &names.age},
  }};
  const auto* const member =
      std::ranges::find(members, key, &std::pair<std::string_view, std::string*>::first);
  if (member == members.end() || value.empty()) {
    return Fail(Error::Code::kInvalidArgument, "a header name is not of the form that it must have",
                "Give account=NAME, email=NAME, credential=NAME, scopes=NAME, status=NAME, "
                "error=NAME or age=NAME.");
  }
  *member->second = value;
  return {};
}

/// Names that mean something to every server and must keep meaning it.
bool IsReserved(std::string_view name) {
  constexpr std::array<std::string_view, 12> kReserved{
      "Authorization", "Connection", "Content-Length", "Content-Type",
      "Cookie",        "Date",       "Host",           "Set-Cookie",
      "Retry-After",   "Allow",      "Status",         "Transfer-Encoding",
  };
  return std::ranges::any_of(
      kReserved, [&](std::string_view reserved) { return EqualsIgnoringCase(name, reserved); });
}

/// Milliseconds, without allocation.
class AgeText {
 public:
  explicit AgeText(std::optional<std::chrono::milliseconds> age) {
    if (!age) return;
    const char* const end =
        std::to_chars(digits_.data(), digits_.data() + digits_.size(), age->count()).ptr;
    size_ = static_cast<std::size_t>(end - digits_.data());
  }
  [[nodiscard]] std::string_view view() const { return {digits_.data(), size_}; }

 private:
  std::array<char, 20> digits_{};
  std::size_t size_ = 0;
};

}  // namespace

Result<HeaderNames> HeaderNames::Create(std::string_view prefix,
                                        const std::vector<std::string>& names) {
  HeaderNames made;
  constexpr std::string_view kDefaultPrefix = "X-Latchkey-";
  const std::array all{&made.account, &made.email, &made.credential, &made.scopes,
                       &made.status,  &made.error, &made.age};
  for (std::string* const name : all) name->replace(0, kDefaultPrefix.size(), prefix);
  for (const std::string& entry : names) {
    if (Result<void> renamed = Rename(made, entry); !renamed) {
      return std::unexpected(renamed.error());
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool twice = std::any_of(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
        [&](const std::string* other) { return EqualsIgnoringCase(*other, *all.at(i)); });
    // nginx and others drop names with an underscore, or take it for a dash.
    const bool odd = !http::IsToken(*all.at(i)) || all.at(i)->find('_') != std::string::npos;
    if (!twice && !odd && !IsReserved(*all.at(i))) continue;
    return Fail(Error::Code::kInvalidArgument, "\"" + *all.at(i) + "\" cannot be a header of ours",
                "Give a prefix like X-Latchkey-, and different names without an underscore.");
  }
  return made;
}

Renderer::Renderer(HeaderNames names, std::string_view realm)
    : names_(std::move(names)), realm_(realm) {}

void Renderer::AppendAllowed(const GateAnswer& answer, const AnswerFrame& frame,
                             std::string& out) const {
  const Identity& identity = answer.identity;
  const AgeText age{answer.age};
  constexpr std::string_view kStart = "HTTP/1.1 200 OK\r\nDate: ";
  constexpr std::string_view kEnd = "\r\nCache-Control: no-store\r\nContent-Length: 0\r\n";
  constexpr std::string_view kClose = "Connection: close\r\n";
  const std::array<std::pair<std::string_view, std::string_view>, 4> fields{{
      {names_.account, identity.account},
      {names_.email, identity.email},
      {names_.credential, identity.credential},
      {names_.scopes, identity.scopes},
  }};
  constexpr std::size_t kFieldExtra = 4;  // "\r\n" in front, ": " in between.
  std::size_t size = kStart.size() + frame.date.size() + kEnd.size() + kClose.size() + 2;
  for (const auto& [name, value] : fields) size += name.size() + value.size() + kFieldExtra;
  size += names_.age.size() + age.view().size() + kFieldExtra;
  AppendWithin(out, size, [&](RoomWriter& room) {
    room.Put(kStart).Put(frame.date);
    for (const auto& [name, value] : fields) room.Put("\r\n").Put(name).Put(": ").Put(value);
    if (answer.age) room.Put("\r\n").Put(names_.age).Put(": ").Put(age.view());
    room.Put(kEnd);
    if (!frame.keep_alive) room.Put(kClose);
    room.Put("\r\n");
  });
}

http::Response Renderer::MakeDenial(const GateAnswer& answer, std::string_view request_id) const {
  const Problem nobody_decided;
  const Problem& problem = answer.problem ? *answer.problem : nobody_decided;
  return answer.bitbucket_errors ? FormatBitbucketError(problem, realm_)
                                 : FormatProblem(problem, realm_, request_id);
}

int Renderer::Append(const Dialect& dialect, const GateAnswer& answer, const AnswerFrame& frame,
                     std::string_view request_id, std::string& out) const {
  if (answer.allowed() && !answer.problem) {
    AppendAllowed(answer, frame, out);
    return 200;
  }
  const http::Response denial = MakeDenial(answer, request_id);
  const bool as_it_is = dialect.carries_every_status || denial.status == kUnauthorized;
  const int status = as_it_is ? denial.status : kForbidden;
  AppendStatusLine(status, frame.date, out);
  for (const auto& [name, value] : denial.fields.lines()) AppendField(name, OneLine(value), out);
  AppendSafety(out);
  if (answer.age) AppendField(names_.age, AgeText{answer.age}.view(), out);
  if (!dialect.carries_every_status) {
    out += names_.status;
    out += ": ";
    AppendNumber(static_cast<std::uint64_t>(denial.status), out);
    out += "\r\n";
    const Problem nobody_decided;
    AppendField(names_.error,
                ErrorLine(answer.problem ? *answer.problem : nobody_decided, denial,
                          answer.bitbucket_errors, request_id),
                out);
  }
  AppendEnd(frame, denial.body, out);
  return status;
}

void Renderer::AppendRefusal(int status, std::string_view detail, const AnswerFrame& frame,
                             std::string_view request_id, std::string& out) {
  const http::Response problem = http::MakeProblem(status, detail, request_id);
  AppendStatusLine(status, frame.date, out);
  for (const auto& [name, value] : problem.fields.lines()) AppendField(name, OneLine(value), out);
  if (status == kMethodNotAllowed) AppendField("Allow", "GET, HEAD", out);
  out += "Cache-Control: no-store\r\n";
  AppendSafety(out);
  AppendEnd(frame, problem.body, out);
}

std::string ErrorLine(const Problem& problem, const http::Response& response, bool bitbucket_errors,
                      std::string_view request_id) {
  std::string line = AsciiLine(response);
  if (line.size() <= kErrorLineMax) return line;
  Problem shorter = problem;
  shorter.granted.reset();
  constexpr std::size_t kDetailMax = 512;
  if (shorter.detail.size() > kDetailMax) {
    shorter.detail = shorter.detail.substr(0, kDetailMax) + " …";
  }
  line = AsciiLine(bitbucket_errors ? FormatBitbucketError(shorter, "")
                                    : FormatProblem(shorter, "", request_id));
  if (line.size() <= kErrorLineMax) return line;
  shorter.required.clear();
  return AsciiLine(bitbucket_errors ? FormatBitbucketError(shorter, "")
                                    : FormatProblem(shorter, "", request_id));
}

}  // namespace latchkey::gate
