#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace voip::media::rtp {

inline constexpr std::uint32_t video_clock = 90000;  ///< RTP ticks a second
inline constexpr std::size_t max_packet = 1200;      ///< with its header; room for SRTP, TURN and tunnels
inline constexpr std::uint8_t orientation_id = 3;    ///< of urn:3gpp:video-orientation in our offers

/// Cuts access units into RTP packets: single NAL units, STAP-A for the parameter sets, FU-A for what is
/// larger than a packet. Pure. Ours, because the session must not depend on what the camera encodes: the
/// library's payloader writes the stream's parameter sets into the session's description, so that a camera
/// switched on later needs a new one, and it has no place for the orientation.
/// @source RFC 6184 (packetization-mode 1), 5.6 to 5.8; RFC 3550; RFC 8285; 3GPP TS 26.114, 7.4.5
class H264Packetizer {
 public:
    using Packet = std::vector<std::byte>;

    H264Packetizer(std::uint32_t ssrc, std::uint8_t payload_type, std::uint16_t first_sequence) noexcept
        : ssrc_(ssrc), sequence_(first_sequence), payload_type_(payload_type) {}

    /// @param access_unit  Annex B; delimiters and fillers are left out
    /// @param timestamp  RTP ticks
    /// @param rotation  0, 90, 180, 270 degrees clockwise to see it upright; told on the last packet
    /// @return packets in order, the last one with the marker bit; none when there is nothing to send
    [[nodiscard]] std::vector<Packet> packets(std::span<const std::byte> access_unit, std::uint32_t timestamp,
                                              unsigned rotation);

 private:
    struct Picture;
    void put_single(Picture& picture, std::span<const std::byte> nal);
    void put_aggregate(Picture& picture, std::span<const std::span<const std::byte>> nals);
    void put_fragments(Picture& picture, std::span<const std::byte> nal);
    Packet& begin(Picture& picture);
    void finish(Picture& picture, unsigned rotation);

    std::uint32_t ssrc_;
    std::uint16_t sequence_;
    std::uint8_t payload_type_;
};

}  // namespace voip::media::rtp
