#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/fault.hpp"

/// How well the sound and picture of a call travel: what the media program measures, what `room.get`,
/// `room.quality` and the history show. Pure.
namespace voip {

class Reader;

/// One side's view. A member that is not known (yet) is nothing; numbers may be fractions.
struct MediaQuality {
    std::optional<double> send_kbps, receive_kbps;
    std::optional<double> fps, width, height;  ///< of the picture sent
    std::optional<double> loss_percent;        ///< of our packets, as the other side reports it
    std::optional<double> round_trip_ms;       ///< there and back
    std::optional<double> jitter_ms;           ///< of the packets that arrive
    std::optional<double> concealed_percent;   ///< of the sound played: made up because it did not arrive
    std::optional<double> key_frames;          ///< sent, since the call began; the counters below likewise
    std::optional<double> frames_sent, frames_received;
    std::optional<double> sound_frames_sent, sound_frames_received;  ///< 20 ms each
    std::optional<double> frames_dropped, sound_frames_dropped;      ///< on the device: not sent, not played
    std::optional<bool> relayed;                                     ///< through a TURN server
    std::string codec;                                               ///< of picture and sound; may be empty
    friend bool operator==(const MediaQuality&, const MediaQuality&) = default;
};

/// A number of MediaQuality: its name on the wire and its place.
struct QualityNumber {
    std::string_view name;
    std::optional<double> MediaQuality::*place;
};
/// In the order in which they are written.
extern const std::array<QualityNumber, 16> quality_numbers;

/// {sendKbps, ...}; what is not known is left out. Numbers that are whole are written without a point.
[[nodiscard]] json::Value encode(const MediaQuality& quality);
/// Members of other names are ignored. @errors Fault 1004: not from 0 to 1e12, a wrong type
[[nodiscard]] Answer<MediaQuality> decode_media_quality(const json::Value& value);
/// The same from an object that a reader is at.
[[nodiscard]] MediaQuality read_media_quality(Reader& reader);

}  // namespace voip
