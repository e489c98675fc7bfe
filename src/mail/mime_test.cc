#include "mail/mime.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::mail {
namespace {

using enum Error::Code;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

Message Letter(std::string subject = "Hello", std::string to = "ana@example.org") {
  return {.to = std::move(to),
          .subject = std::move(subject),
          .text = SecretString{"a\nb\xC3\xA4"},
          .html = SecretString{"<p>a</p>"}};
}

Result<SecretString> Format(const Message& message, std::string_view name = "Latchkey",
                            std::string_view address = "keys@example.org") {
  return FormatMessage({.address = std::string{address}, .name = std::string{name}}, message,
                       ManualClock::kStart, "x1");
}

TEST(MimeTest, WritesAWholeLetter) {
  const Result<SecretString> letter = Format(Letter());
  ASSERT_THAT(letter, IsOk());
  EXPECT_EQ(letter->Expose(),
            "Date: Tue, 24 Nov 2026 09:00:00 +0000\r\n"
            "From: Latchkey\r\n <keys@example.org>\r\n"
            "To: <ana@example.org>\r\n"
            "Subject: Hello\r\n"
            "Message-ID: <x1@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"latchkey-x1\"\r\n"
            "\r\n"
            "--latchkey-x1\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "a\r\nb=C3=A4\r\n"
            "--latchkey-x1\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "<p>a</p>\r\n"
            "--latchkey-x1--\r\n");
}

TEST(MimeTest, NothingGetsIntoAHeader) {
  for (const char* text : {"a\r\nBcc: eve@example.org", "a\nb", "a\rb", "\xFF", "", " "}) {
    EXPECT_THAT(Format(Letter(text)), FailsWith(kInvalidArgument)) << text;
  }
  EXPECT_THAT(Format(Letter("s", "ana@example.org\r\nBcc: eve@x.org")),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(Format(Letter(), "a\r\nBcc: eve@example.org"), FailsWith(kInvalidArgument));
  EXPECT_THAT(Format(Letter(), "n", "keys@example.org\r\nX: y"), FailsWith(kInvalidArgument));
  EXPECT_THAT(
      FormatMessage({.address = "a@b.org", .name = ""}, Letter(), ManualClock::kStart, "x\r"),
      FailsWith(kInvalidArgument));
  EXPECT_THAT(FormatMessage({.address = "a@b.org", .name = ""}, Letter(), ManualClock::kStart, ""),
              FailsWith(kInvalidArgument));
}

TEST(MimeTest, EncodesNamesThatAreNotAtoms) {
  const Result<SecretString> letter = Format(Letter(), "Keys \"of\" <eve@example.org>");
  ASSERT_THAT(letter, IsOk());
  EXPECT_THAT(std::string{letter->Expose()},
              HasSubstr("From: =?UTF-8?B?S2V5cyAib2YiIDxldmVAZXhhbXBsZS5vcmc+?=\r\n <keys@"));
}

TEST(MimeTest, LeavesPlainSubjectsAndEncodesOthers) {
  EXPECT_EQ(EncodeHeaderText("New API token: build"), "New API token: build");
  EXPECT_EQ(EncodeHeaderText("Z\xC3\xBCrich"), "=?UTF-8?B?WsO8cmljaA==?=");
  EXPECT_EQ(EncodeHeaderText("=?UTF-8?Q?x?="), "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=");
}

TEST(MimeTest, FoldsLongSubjectsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "\xE2\x82\xAC";  // 3 bytes each
  std::istringstream lines{EncodeHeaderText("x" + text)};
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    ++count;
    EXPECT_THAT(line, SizeIs(Le(77U)));
  }
  EXPECT_EQ(count, 4);
  EXPECT_THAT(EncodeHeaderText("x" + text), HasSubstr("=?UTF-8?B?eOKCrOKCrOKCrOKCrOKCrOKCrOKCrOKC"
                                                      "rOKCrOKCrOKCrOKCrOKCrOKCrA==?=\r\n "));
}

TEST(MimeTest, QuotesWhatIsNotPrintable) {
  EXPECT_EQ(EncodeQuotedPrintable("a=b"), "a=3Db");
  EXPECT_EQ(EncodeQuotedPrintable("a \nb\t\r\nc "), "a=20\r\nb=09\r\nc=20");
  EXPECT_EQ(EncodeQuotedPrintable("a\rb"), "a\r\nb");
  EXPECT_EQ(EncodeQuotedPrintable(".\n.x."), "=2E\r\n=2Ex.");
  EXPECT_EQ(EncodeQuotedPrintable(std::string{"\0\x7F", 2}), "=00=7F");
}

TEST(MimeTest, KeepsLinesShort) {
  for (const char* unit : {"x", "\xC3\xA4", "=", ". "}) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += unit;
    std::istringstream lines{EncodeQuotedPrintable(text)};
    std::string line;
    while (std::getline(lines, line)) EXPECT_THAT(line, SizeIs(Le(77U)));  // With the \r.
  }
}

TEST(MimeTest, WritesDates) {
  EXPECT_EQ(FormatDateHeader(Instant{}), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(FormatDateHeader(Instant{std::chrono::milliseconds{951827696789}}),
            "Tue, 29 Feb 2000 12:34:56 +0000");
}

}  // namespace
}  // namespace latchkey::mail
