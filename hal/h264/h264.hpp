#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.hpp"

/// What has to be known of an H.264 byte stream to cut it into pictures and to tell a key picture. Pure; any
/// bytes are safe.
/// @source ITU-T H.264: 7.3 (syntax), 7.4.1.2.4 (first unit of a picture), annex B (start codes)
namespace voip::hal::h264 {

using Bytes = std::span<const std::byte>;

enum class NalType : std::uint8_t { slice = 1, idr = 5, sei = 6, sps = 7, pps = 8, delimiter = 9 };

struct Nal {
    NalType type{};
    Bytes bytes;  ///< with its header byte, without the start code
};

/// The units of an Annex B stream, in their order; bytes before the first start code are no unit.
[[nodiscard]] std::vector<Nal> split(Bytes stream);

/// One coded picture of a stream.
struct Picture {
    Bytes bytes;  ///< with its start codes, and the parameter sets and delimiters before it
    bool idr = false;
    bool parameters = false;  ///< an SPS and a PPS are among its units
};

/// Cuts an Annex B stream into pictures; what has no picture after it is left out.
[[nodiscard]] std::vector<Picture> pictures(Bytes stream);

/// An IDR picture with SPS and PPS before it: what a decoder can begin with.
[[nodiscard]] bool is_key(Bytes access_unit);

struct Sps {
    unsigned profile = 0;      ///< profile_idc: 66 is baseline
    unsigned constraints = 0;  ///< constraint_set0_flag is the highest bit (0x80)
    unsigned level = 0;        ///< level_idc: 31 is 3.1
    unsigned width = 0, height = 0;
    [[nodiscard]] bool constrained_baseline() const noexcept { return profile == 66 && (constraints & 0x40); }
    friend bool operator==(const Sps&, const Sps&) = default;
};

/// Reads a sequence parameter set (a Nal's bytes) up to its picture size. @errors bad_message
[[nodiscard]] Result<Sps> read_sps(Bytes nal);

}  // namespace voip::hal::h264
