#include "server/outside.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

using mail::SmtpSecurity;

TEST(ParseSmtpTest, ReadsWhereLettersGo) {
  const mail::SmtpSettings tls =
      ParseSmtp("smtps://latchkey@mail.example.org", "Latchkey <noreply@example.org>").value();
  EXPECT_EQ(tls.host, "mail.example.org");
  EXPECT_EQ(tls.port, 465);
  EXPECT_EQ(tls.security, SmtpSecurity::kTls);
  EXPECT_EQ(tls.user, "latchkey");
  EXPECT_EQ(tls.from_address, "noreply@example.org");
  EXPECT_EQ(tls.from_name, "Latchkey");

  const mail::SmtpSettings start_tls =
      ParseSmtp("smtp://mail.example.org:2525", "noreply@example.org").value();
  EXPECT_EQ(start_tls.security, SmtpSecurity::kStartTls);
  EXPECT_EQ(start_tls.port, 2525);
  EXPECT_EQ(start_tls.user, "");
  EXPECT_EQ(ParseSmtp("smtp+plain://localhost", "a@b.example").value().security,
            SmtpSecurity::kPlain);
}

TEST(ParseSmtpTest, RefusesWhatItCannotUse) {
  for (const char* url : {"mail.example.org", "http://mail.example.org", "smtp://",
                          "smtp://user:secret@mail.example.org", "smtp://mail.example.org/path"}) {
    EXPECT_FALSE(ParseSmtp(url, "a@b.example")) << url;
  }
  for (const char* from : {"", "nobody", "Name <a@b.example", "a@b.example\nBcc: c@d.example"}) {
    EXPECT_FALSE(ParseSmtp("smtp://mail.example.org", from)) << from;
  }
}

}  // namespace
}  // namespace latchkey::server
