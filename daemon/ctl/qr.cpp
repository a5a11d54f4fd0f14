#include "daemon/ctl/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace voip::ctl {

namespace {

constexpr std::size_t max_bytes = 858;  // @source ISO/IEC 18004: version 20, level L, byte mode

}  // namespace

std::optional<QrCode> QrCode::of(std::string_view text) {
    if (text.empty() || text.size() > max_bytes) return std::nullopt;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(
        QRcode_encodeData(static_cast<int>(text.size()), bytes, 0, QR_ECLEVEL_L), &QRcode_free);
    if (!made) return std::nullopt;
    QrCode code;
    code.size_ = made->width;
    const auto count = static_cast<std::size_t>(made->width) * static_cast<std::size_t>(made->width);
    for (std::size_t i = 0; i < count; ++i) code.modules_.push_back((made->data[i] & 1U) != 0);
    return code;
}

bool QrCode::dark(int x, int y) const noexcept {
    if (x < 0 || y < 0 || x >= size_ || y >= size_) return false;
    return modules_[static_cast<std::size_t>(y) * static_cast<std::size_t>(size_) +
                    static_cast<std::size_t>(x)];
}

std::string QrCode::text() const {
    constexpr int quiet = 4;
    std::string out;
    for (int y = -quiet; y < size_ + quiet; y += 2) {
        for (int x = -quiet; x < size_ + quiet; ++x) {
            const bool upper = !dark(x, y);
            const bool lower = !dark(x, y + 1);
            out += upper && lower ? "\u2588" : upper ? "\u2580" : lower ? "\u2584" : " ";
        }
        out += '\n';
    }
    return out;
}

}  // namespace voip::ctl
