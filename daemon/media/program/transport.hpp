#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "daemon/media/program/ice_servers.hpp"
#include "hal/av.hpp"

/// What carries media between this device and the phone. Behind it stands GStreamer's webrtcbin (gst/);
/// another library, or a vendor's SDK, takes its place by implementing these two classes.
namespace voip::media {

/// What a connection is to carry. A direction that nobody has a device for is not offered.
struct TransportSettings {
    bool send_sound = true, receive_sound = true;
    bool send_picture = true, receive_picture = false;
    std::string display;                 ///< where a received picture goes: "fake", or a sink
    std::vector<std::string> addresses;  ///< local addresses to use; empty: all but loopback
    IcePlan ice;
};

/// Counted since the connection began; what is not known is nothing.
struct TransportStats {
    std::uint64_t bytes_received = 0;  ///< anything at all: sound, picture, reports
    std::uint64_t sound_bytes_received = 0, picture_bytes_received = 0;
    std::uint64_t sound_bytes_sent = 0, picture_bytes_sent = 0;  ///< RTP, with headers
    std::uint64_t pictures_received = 0;                         ///< decoded and handed to the display
    Duration sound_received{}, sound_concealed{};                ///< the latter is part of the former
    std::optional<double> loss;                                  ///< 0 to 1, of what we send, newest report
    std::optional<double> picture_loss;                          ///< the same of the picture alone
    std::optional<Duration> round_trip, jitter;
    std::optional<unsigned> remb_kbps;  ///< newest
    std::optional<bool> relayed;
};

/// One connection. Makes an offer by itself after it was opened.
/// @thread loop only, handlers included; handlers never run inside a call, and none after close()
class MediaTransport {
 public:
    struct Handlers {
        std::function<void(std::string sdp)> offer;
        /// Of ours, with its m-line; an empty one ends them.
        std::function<void(std::string candidate, std::string mid, unsigned line)> candidate;
        /// The other side has proved that it holds the certificate of its answer; media may flow.
        std::function<void()> connected;
        /// At most once: it failed and is of no more use. @errors io, refused (another certificate)
        std::function<void(Error)> lost;
        std::function<void()> key_wanted;  ///< not thinned
        /// Decoded sound, 16 kHz mono S16, of any length.
        std::function<void(std::span<const std::int16_t> samples)> sound;
    };

    MediaTransport() = default;
    MediaTransport(const MediaTransport&) = delete;
    MediaTransport& operator=(const MediaTransport&) = delete;
    /// Without close(): cuts.
    virtual ~MediaTransport() = default;

    /// @errors (through `done`) bad_message: not an answer to our offer
    virtual void take_answer(std::string sdp, std::function<void(Result<void>)> done) = 0;
    /// @errors bad_message
    virtual Result<void> take_candidate(std::string candidate, unsigned line) = 0;
    /// Only while connected. @param stamp  of the first sample; consecutive frames are 20 ms apart
    virtual void send_sound(const hal::SoundFrame& frame, TimePoint stamp) = 0;
    /// Only while connected, beginning with a key picture. @param rotation  see hal::CameraFormat
    virtual void send_picture(const hal::AccessUnit& picture, unsigned rotation) = 0;
    /// How much of the sound may get lost, for its redundancy. @param percent  0 to 100
    virtual void expect_loss(unsigned percent) = 0;
    [[nodiscard]] virtual TransportStats stats() = 0;
    /// Nothing leaves after `closed` has run (once, from the loop, within a second).
    virtual void close(std::function<void()> closed) = 0;
};

/// What a call may come to need beyond the connection itself.
struct EngineNeeds {
    hal::Encoding encoding = hal::Encoding::camera;
    std::string display = {};  ///< as in TransportSettings
};

/// What the connections of a process share.
/// @thread as MediaTransport
class MediaEngine {
 public:
    virtual ~MediaEngine() = default;
    /// Loads libraries (`loaded`: tenths of a second), those for `needs` as far as they are installed, then
    /// makes the key for the connections' certificates (`key_made`: up to many seconds on a slow or busy
    /// processor), on a thread of its own. Each runs once, from the loop; after a bad load the second does
    /// not.
    virtual void load(const EngineNeeds& needs, std::function<void(Result<void>)> loaded,
                      std::function<void(Result<void>)> key_made) = 0;
    /// Only after the key was made. @errors io, bad_config (display)
    [[nodiscard]] virtual Result<std::unique_ptr<MediaTransport>> open(const TransportSettings& settings,
                                                                       MediaTransport::Handlers handlers) = 0;
};

}  // namespace voip::media
