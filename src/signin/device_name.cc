#include "signin/device_name.h"

#include <array>
#include <span>

namespace latchkey {
namespace {

struct Sign {
  std::string_view part;  // Of the User-Agent.
  std::string_view name;
};

// The first that matches: browsers name the ones that they want to be taken for, too.
constexpr std::array<Sign, 11> kBrowsers{{{"Edg/", "Edge"},
                                          {"EdgA/", "Edge"},
                                          {"EdgiOS/", "Edge"},
                                          {"OPR/", "Opera"},
                                          {"SamsungBrowser/", "Samsung Internet"},
                                          {"Firefox/", "Firefox"},
                                          {"FxiOS/", "Firefox"},
                                          {"CriOS/", "Chrome"},
                                          {"Chrome/", "Chrome"},
                                          {"Safari/", "Safari"},
                                          {"curl/", "curl"}}};
constexpr std::array<Sign, 8> kSystems{{{"Windows", "Windows"},
                                        {"Android", "Android"},
                                        {"iPhone", "iPhone"},
                                        {"iPad", "iPad"},
                                        {"Mac OS X", "macOS"},
                                        {"CrOS", "ChromeOS"},
                                        {"Linux", "Linux"},
                                        {"FreeBSD", "FreeBSD"}}};

std::string_view NameIn(std::span<const Sign> signs, std::string_view user_agent) {
  for (const Sign& sign : signs) {
    if (user_agent.find(sign.part) != std::string_view::npos) return sign.name;
  }
  return {};
}

}  // namespace

std::string DeviceName(std::string_view user_agent) {
  const std::string_view browser = NameIn(kBrowsers, user_agent);
  const std::string_view system = NameIn(kSystems, user_agent);
  std::string name{browser.empty() ? "Unknown browser" : browser};
  if (!system.empty()) name.append(" on ").append(system);
  return name;
}

}  // namespace latchkey
