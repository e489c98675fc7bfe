#include "qr/qr_code.h"

#include <cstddef>
#include <cstdint>
#include <qrcodegen/qrcodegen.hpp>
#include <vector>

#include "base/text.h"

namespace latchkey {
namespace {

using qrcodegen::QrCode;

// Phones read larger codes badly from a screen; version 40 with correction M would hold 2,331
// bytes.
constexpr std::size_t kTextMax = 1000;
constexpr int kQuietZone = 4;

/// The dark runs of each row as one path: a rectangle each.
std::string DarkPath(const QrCode& code) {
  std::string path;
  for (int y = 0; y < code.getSize(); ++y) {
    int x = 0;
    while (x < code.getSize()) {
      const int first = x;
      while (code.getModule(x, y)) ++x;  // Beyond the edge every module is light.
      if (x > first) {
        const std::string width = std::to_string(x - first);
        path.append("M").append(std::to_string(first + kQuietZone));
        path.append(" ").append(std::to_string(y + kQuietZone));
        path.append("h").append(width).append("v1h-").append(width).append("z");
      }
      ++x;
    }
  }
  return path;
}

}  // namespace

Result<SecretString> QrSvg(const SecretString& text, std::string_view title) {
  if (text.size() > kTextMax) {
    return Fail(Error::Code::kLimitExceeded, "a QR code holds at most 1,000 bytes");
  }
  const std::string_view shown = text.Expose();
  std::vector<std::uint8_t> bytes{shown.begin(), shown.end()};
  const QrCode code = QrCode::encodeBinary(bytes, QrCode::Ecc::MEDIUM);
  Wipe(bytes.data(), bytes.size());
  const std::string side = std::to_string(code.getSize() + 2 * kQuietZone);
  std::string path = DarkPath(code);
  const std::string escaped = EscapeMarkup(title);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + ' ' + side +
                    "\" role=\"img\" shape-rendering=\"crispEdges\"><title>" + escaped +
                    "</title><path fill=\"#fff\" d=\"M0 0h" + side + 'v' + side + "H0z\"/>" +
                    "<path fill=\"#000\" d=\"" + path + "\"/></svg>";
  Wipe(path);
  return SecretString{std::move(svg)};
}

}  // namespace latchkey
