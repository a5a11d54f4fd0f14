#include "protocol/transport/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace voip::transport {
namespace {

bool is_continuation(unsigned char c) noexcept {
    return (c & 0xc0U) == 0x80;
}

/// Length of the sequence at `at` (not ASCII), 0 when it is none.
std::size_t sequence(const unsigned char* at, std::size_t left) noexcept {
    const unsigned char first = at[0];
    const unsigned char second = left > 1 ? at[1] : 0;
    if (first >= 0xc2 && first <= 0xdf) return is_continuation(second) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && second < 0xa0;
        const bool surrogate = first == 0xed && second > 0x9f;
        if (left < 3 || overlong || surrogate) return 0;
        return is_continuation(second) && is_continuation(at[2]) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && second < 0x90;
        const bool too_high = first == 0xf4 && second > 0x8f;
        if (left < 4 || overlong || too_high) return 0;
        return is_continuation(second) && is_continuation(at[2]) && is_continuation(at[3]) ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        // Nearly all of it is ASCII: eight bytes at a time.
        std::uint64_t eight = 0;
        while (left >= sizeof(eight)) {
            std::memcpy(&eight, at, sizeof(eight));
            if ((eight & 0x8080808080808080U) != 0) break;
            at += sizeof(eight);
            left -= sizeof(eight);
        }
        if (left == 0) break;
        const std::size_t size = *at < 0x80 ? 1 : sequence(at, left);
        if (size == 0) return false;
        at += size;
        left -= size;
    }
    return true;
}

}  // namespace voip::transport
