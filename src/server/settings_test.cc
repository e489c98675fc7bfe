#include "server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "testing/matchers.h"
#include "testing/scratch_directory.h"

namespace latchkey::server {
namespace {

using enum Error::Code;
using testing::HasSubstr;

struct RoundTripCase {
  const char* key;
  const char* value;
};

class SettingRoundTrip : public testing::TestWithParam<RoundTripCase> {};

TEST_P(SettingRoundTrip, ShowsWhatWasSet) {
  Settings settings;
  ASSERT_THAT(ApplySetting(settings, GetParam().key, GetParam().value), IsOk());
  for (const SettingRow& row : SettingTable()) {
    if (row.key == GetParam().key) {
      EXPECT_EQ(row.show(settings), GetParam().value);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SettingRoundTrip,
    testing::Values(
        RoundTripCase{"data", "/var/lib/latchkey"}, RoundTripCase{"listen", "0.0.0.0:8080"},
        RoundTripCase{"listen", "[::]:0"}, RoundTripCase{"public_url", "https://git.example.com"},
        RoundTripCase{"tls_key", "/etc/key.pem"}, RoundTripCase{"threads", "4"},
        RoundTripCase{"host_names", "a.example,b.example"},
        RoundTripCase{"trusted_proxies", "10.0.0.0/8"}, RoundTripCase{"credential_prefix", "acme"},
        RoundTripCase{"token_lifetime_min", "90s"}, RoundTripCase{"token_lifetime_max", "30d"},
        RoundTripCase{"throttle_failures", "0"}, RoundTripCase{"throttle_window", "10m"},
        RoundTripCase{"session_idle", "10m"}, RoundTripCase{"session_lifetime_long", "90d"},
        RoundTripCase{"set_up_link", "off"}, RoundTripCase{"breached_passwords", "/srv/pwned.txt"},
        RoundTripCase{"sessions_per_account_max", "5"}, RoundTripCase{"sign_in_letters", "off"},
        RoundTripCase{"log_level", "debug"}, RoundTripCase{"head_timeout", "5s"},
        RoundTripCase{"git_push_size_max", "1000000"},
        RoundTripCase{"gate_listen", "127.0.0.1:8200,[::1]:0,unix:/run/latchkey/gate.sock"},
        RoundTripCase{"gate_fastcgi", "127.0.0.1:8201=bitbucket"},
        RoundTripCase{"gate_threads", "2"}, RoundTripCase{"gate_socket_mode", "0660"},
        RoundTripCase{"gate_usage", "off"}, RoundTripCase{"gate_trusted_proxies", "10.0.0.0/8"},
        RoundTripCase{"gate_header_prefix", "X-Auth-"},
        RoundTripCase{"gate_header_names", "account=Remote-User,email=Remote-Email"}),
    [](const auto& test_case) {
      return std::string{test_case.param.key} + "_" + std::to_string(test_case.index);
    });

class SettingRefusal : public testing::TestWithParam<RoundTripCase> {};

TEST_P(SettingRefusal, NamesTheKeyAndSaysWhatWouldDo) {
  Settings settings;
  const Result<void> applied = ApplySetting(settings, GetParam().key, GetParam().value);
  ASSERT_THAT(applied, FailsWith(kInvalidArgument, HasSubstr(GetParam().key)));
  EXPECT_FALSE(applied.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, SettingRefusal,
    testing::Values(RoundTripCase{"listen", "8080"}, RoundTripCase{"listen", "127.0.0.1:65536"},
                    RoundTripCase{"listen", ":8080"},
                    RoundTripCase{"public_url", "git.example.com"},
                    RoundTripCase{"public_url", "https://user@git.example.com"},
                    RoundTripCase{"public_url", "ftp://git.example.com"},
                    RoundTripCase{"threads", "-1"}, RoundTripCase{"threads", "1025"},
                    RoundTripCase{"threads", "1x"}, RoundTripCase{"credential_prefix", "atat"},
                    RoundTripCase{"token_lifetime_max", "forever"},
                    RoundTripCase{"token_lifetime_max", "99999999999d"},
                    RoundTripCase{"head_timeout", ""}, RoundTripCase{"log_level", "loud"},
                    RoundTripCase{"gate_usage", "maybe"}, RoundTripCase{"lsten", "127.0.0.1:80"}),
    [](const auto& test_case) { return "Case" + std::to_string(test_case.index); });

class SettingsFileTest : public testing::Test {
 protected:
  Result<Settings> Load(const std::string& text,
                        const std::map<std::string, std::string>& environment = {},
                        const std::vector<std::pair<std::string, std::string>>& flags = {}) {
    std::ofstream{path_} << text;
    return LoadSettings(path_, environment, flags);
  }

  ScratchDirectory directory_;
  std::string path_ = directory_.File("latchkey.toml");
};

TEST_F(SettingsFileTest, FlagsWinOverEnvironmentOverFile) {
  const std::string file = "threads = 1\nhead_timeout = \"1s\"\ngrace = \"1s\"\n";
  const Result<Settings> settings =
      Load(file, {{"LATCHKEY_HEAD_TIMEOUT", "2s"}, {"LATCHKEY_GRACE", "2s"}}, {{"grace", "3s"}});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->http.threads, 1U);
  EXPECT_EQ(settings->http.limits.head_timeout, std::chrono::seconds{2});
  EXPECT_EQ(settings->http.grace, std::chrono::seconds{3});
}

TEST_F(SettingsFileTest, RefusesUnknownKeysWithTheNearest) {
  EXPECT_THAT(Load("thread = 1\n"), FailsWith(kInvalidArgument, HasSubstr("line 1")));
  EXPECT_THAT(Load("thread = 1\n").error().hint, HasSubstr("threads"));
}

TEST_F(SettingsFileTest, RefusesBrokenTomlWithItsLine) {
  EXPECT_THAT(Load("threads = 1\nlisten = \n"), FailsWith(kMalformed, HasSubstr("line 2")));
  EXPECT_THAT(Load("threads = 1.5\n"), FailsWith(kInvalidArgument));
  EXPECT_THAT(Load("host_names = [1]\n"), FailsWith(kInvalidArgument));
}

TEST_F(SettingsFileTest, ReadsLists) {
  EXPECT_EQ(Load("host_names = [\"a.example\", \"b.example\"]\n")->http.host_names,
            (std::vector<std::string>{"a.example", "b.example"}));
}

TEST_F(SettingsFileTest, LeavesOtherVariablesAlone) {
  const std::map<std::string, std::string> environment{{"LATCHKEY_PORT", "tcp://10.0.0.1:80"}};
  EXPECT_THAT(Load("", environment), IsOk());
  EXPECT_EQ(UnknownVariables(environment), std::vector<std::string>{"LATCHKEY_PORT"});
}

TEST_F(SettingsFileTest, ChecksWhatGoesTogether) {
  EXPECT_THAT(Load("tls_key = \"k.pem\"\n"), FailsWith(kInvalidArgument, HasSubstr("go together")));
  EXPECT_THAT(Load("token_lifetime_min = \"400d\"\n"), FailsWith(kInvalidArgument));
}

TEST(SettingsTest, WhoStaysSignedInIsSignedOutNoSooner) {
  EXPECT_THAT(LoadSettings({}, {}, {{"session_lifetime", "31d"}}),
              FailsWith(kInvalidArgument, HasSubstr("session_lifetime_long")));
  EXPECT_THAT(LoadSettings({}, {}, {{"session_idle", "13h"}}), FailsWith(kInvalidArgument));
  EXPECT_THAT(LoadSettings({}, {}, {{"session_idle", "12h"}}), IsOk());
}

TEST(PublicUrlTest, IsMadeFromTheAddressListenedOn) {
  Settings settings;
  settings.http.listen_address = "0.0.0.0";
  EXPECT_EQ(PublicUrl(settings, 8080), "http://localhost:8080");
  settings.http.listen_address = "::1";
  settings.http.tls.emplace();
  EXPECT_EQ(PublicUrl(settings, 443), "https://[::1]:443");
  settings.public_url = "https://git.example.com";
  EXPECT_EQ(PublicUrl(settings, 8080), "https://git.example.com");
}

}  // namespace
}  // namespace latchkey::server
