#include "qr/qr_code.h"

#include <gmock/gmock.h>

#include <regex>
#include <string>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Svg(std::string_view text, std::string_view title) {
  const Result<SecretString> svg = QrSvg(SecretString{text}, title);
  EXPECT_THAT(svg, IsOk());
  return svg ? std::string{svg->Expose()} : "";
}

TEST(QrCodeTest, DrawsAFinderPatternInsideTheQuietZone) {
  const std::string svg = Svg("a", "A code");
  // Version 1 has 21 modules; its first row begins with the seven of a finder pattern.
  EXPECT_THAT(svg, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\""));
  EXPECT_THAT(svg, HasSubstr("d=\"M4 4h7v1h-7z"));
  EXPECT_THAT(svg, HasSubstr("M0 0h29v29H0z"));
}

TEST(QrCodeTest, HasNothingThatAContentSecurityPolicyRefuses) {
  const std::string svg = Svg("otpauth://totp/x", "x\" onload=\"y");
  EXPECT_FALSE(std::regex_search(svg, std::regex{"<script|style|\\son[a-z]+=\"|href|<!"})) << svg;
}

TEST(QrCodeTest, EscapesItsTitle) {
  EXPECT_THAT(Svg("a", "</title><script>'&\""),
              HasSubstr("<title>&lt;/title&gt;&lt;script&gt;&#39;&amp;&quot;</title>"));
  EXPECT_THAT(Svg("a", "<b>"), Not(HasSubstr("<b>")));
}

TEST(QrCodeTest, DiffersWithItsText) { EXPECT_NE(Svg("a", "t"), Svg("b", "t")); }

TEST(QrCodeTest, HasALimit) {
  EXPECT_THAT(QrSvg(SecretString{std::string(1000, 'x')}, "t"), IsOk());
  EXPECT_THAT(QrSvg(SecretString{std::string(1001, 'x')}, "t"),
              FailsWith(Error::Code::kLimitExceeded));
}

}  // namespace
}  // namespace latchkey
