#include "daemon/media/program/remb.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace voip::media::rtp {

std::optional<unsigned> remb_kbps(std::span<const std::byte> information) noexcept {
    constexpr std::byte name[] = {std::byte{'R'}, std::byte{'E'}, std::byte{'M'}, std::byte{'B'}};
    constexpr std::size_t bytes = 8;  // the name, number of sources, exponent and mantissa
    if (information.size() < bytes || !std::equal(std::begin(name), std::end(name), information.begin()))
        return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint64_t>(information[i]); };
    const auto exponent = at(5) >> 2;
    const auto mantissa = (at(5) & 0x03) << 16 | at(6) << 8 | at(7);
    if (exponent > 40) return std::numeric_limits<unsigned>::max() / 1000;  // beyond any wire
    return static_cast<unsigned>(
        std::min<std::uint64_t>((mantissa << exponent) / 1000, std::numeric_limits<unsigned>::max() / 1000));
}

}  // namespace voip::media::rtp
