#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace voip::media {

/// Whether a datagram of DTLS has a record of the type ChangeCipherSpec: who sends it needs nothing more of
/// the other side, and the other side has the keys as soon as it arrives. Pure; any bytes are safe.
/// @source RFC 6347, 4.1: type 1, version 2, epoch 2, number 6, length 2
[[nodiscard]] inline bool changes_cipher(std::span<const std::byte> datagram) noexcept {
    constexpr std::size_t header = 13, length_at = 11;
    constexpr auto change_cipher_spec = std::byte{20};
    while (datagram.size() >= header) {
        if (datagram[0] == change_cipher_spec) return true;
        const auto length = std::to_integer<std::size_t>(datagram[length_at]) << 8 |
                            std::to_integer<std::size_t>(datagram[length_at + 1]);
        if (datagram.size() - header < length) return false;
        datagram = datagram.subspan(header + length);
    }
    return false;
}

}  // namespace voip::media
