#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace voip::media::rtp {

/// The bit rate in a "receiver estimated maximum bitrate" message, from its feedback control information
/// (what follows the media source in an RTCP packet of type 206, format 15). Pure; any bytes are safe.
/// @return kbit/s; nothing when these bytes are something else
/// @source draft-alvestrand-rmcat-remb-03, 2.2
[[nodiscard]] std::optional<unsigned> remb_kbps(std::span<const std::byte> information) noexcept;

}  // namespace voip::media::rtp
