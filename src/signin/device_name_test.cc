#include "signin/device_name.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

struct Case {
  const char* user_agent;
  const char* name;
};

TEST(DeviceNameTest, SaysWhatPeopleCallTheirBrowser) {
  for (const Case& one : {
           Case{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux"},
           Case{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Safari/537.36",
                "Chrome on Windows"},
           Case{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows"},
           Case{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS"},
           Case{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone"},
           Case{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android"},
           Case{"curl/8.5.0", "curl"},
           Case{"", "Unknown browser"},
           Case{"<script>alert(1)</script>", "Unknown browser"},
       }) {
    EXPECT_EQ(DeviceName(one.user_agent), one.name) << one.user_agent;
  }
}

}  // namespace
}  // namespace latchkey
