#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// What the daemon asks of the media program and is told by it. Pure.
/// @source daemon/media/README.md, "The wire between them"
namespace voip::media {

struct CameraPlan {
    bool enabled = true;
    std::string device;
    std::string format = "auto";  ///< auto, h264, raw
    unsigned width = 640, height = 480, fps = 15, rotation = 0;
    friend bool operator==(const CameraPlan&, const CameraPlan&) = default;
};
struct SoundPlan {
    bool enabled = true;
    std::string device;
    unsigned volume = 80;  ///< of a speaker
    friend bool operator==(const SoundPlan&, const SoundPlan&) = default;
};

/// `media.prepare`: everything that stays the same during the call.
struct Prepare {
    std::int64_t generation = 0;
    std::string driver = "sim";
    CameraPlan camera;
    SoundPlan microphone, speaker;
    bool echo = true, noise = true, gain = true;
    unsigned playout_delay_ms = 0;
    unsigned bitrate_kbps = 600, floor_kbps = 100;
    std::string display;                 ///< empty: the user's picture is not asked for
    std::vector<std::string> addresses;  ///< local ones to use; empty: all but loopback
    Duration reconnect = 40s;
    std::string record;  ///< simulated board: folder where what arrived is written down
    Level log = Level::info;
    friend bool operator==(const Prepare&, const Prepare&) = default;
};

/// Whether devices are spoken to through servers on Unix sockets: a window system's display, a sound device
/// that is none of the hardware's own (`default` may be a sound server, or a card that programs share).
[[nodiscard]] bool needs_unix_sockets(const Prepare& prepare) noexcept;

/// `media.start`
struct Start {
    RoomType room_type = RoomType::video;
    bool camera = true, microphone = true;  ///< what is sent at first
    std::optional<unsigned> volume;         ///< 0 to 100
    std::vector<IceServer> ice_servers;
    friend bool operator==(const Start&, const Start&) = default;
};

/// `media.set`: what is absent stays as it is.
struct Set {
    std::optional<bool> camera, microphone;
    std::optional<unsigned> volume;
    friend bool operator==(const Set&, const Set&) = default;
};

/// `media.restart`: the network changed.
struct Restart {
    std::vector<IceServer> ice_servers;
    std::string why;  ///< for the log
    friend bool operator==(const Restart&, const Restart&) = default;
};

enum class State { starting, flowing, interrupted, failed };
[[nodiscard]] std::string_view to_string(State state) noexcept;

/// `media.state`
struct StateReport {
    State state = State::starting;
    bool camera = false, microphone = false;  ///< whether pictures and the voice leave now
    int err_code = 0;                         ///< 0: none
    std::string err_msg;
    friend bool operator==(const StateReport&, const StateReport&) = default;
};

/// @return Fault 1004 that names the member by its path
[[nodiscard]] Answer<Prepare> decode_prepare(const json::Value& params);
[[nodiscard]] Answer<Start> decode_start(const json::Value& params);
[[nodiscard]] Answer<Set> decode_set(const json::Value& params);
[[nodiscard]] Answer<Restart> decode_restart(const json::Value& params);

[[nodiscard]] json::Value encode(const StateReport& report);

}  // namespace voip::media
