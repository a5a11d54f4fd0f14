#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::hal {

/// What every microphone gives and every speaker takes: 16 kHz, S16, mono, 20 ms.
/// @source the platform's Linux SDK: the same frames serve its HAL
inline constexpr unsigned sound_rate = 16000;
inline constexpr Duration sound_frame_time = 20ms;
inline constexpr std::size_t sound_frame_samples = 320;  // 640 bytes
using SoundFrame = std::array<std::int16_t, sound_frame_samples>;

/// Counted since start().
struct SoundHealth {
    std::uint64_t frames = 0;
    std::uint64_t xruns = 0;  ///< overruns or underruns that were survived
};

/// @thread loop only, handlers included; nothing blocks: what may wait has a thread inside the driver
class Microphone {
 public:
    using OnFrame =
        std::function<void(const SoundFrame& frame, TimePoint captured)>;  ///< of the first sample
    using OnStarted = std::function<void(const Result<void>&)>;
    using OnGone = std::function<void(const Error&)>;

    virtual ~Microphone() = default;
    /// Contract as Camera::start().
    virtual void start(OnStarted started, OnFrame frame, OnGone gone) = 0;
    virtual void stop() = 0;
    [[nodiscard]] virtual SoundHealth health() const = 0;
};

/// @thread as Microphone
class Speaker {
 public:
    /// Asked for the next 20 ms whenever the driver has room for them; always answers (silence where there is
    /// nothing). `plays_at` is the driver's best guess of when the first sample is heard.
    using Pull = std::function<void(SoundFrame& frame, TimePoint plays_at)>;
    using OnStarted = std::function<void(const Result<void>&)>;
    using OnGone = std::function<void(const Error&)>;

    virtual ~Speaker() = default;
    virtual void start(OnStarted started, Pull pull, OnGone gone) = 0;
    virtual void stop() = 0;
    /// @param percent  0 (silent) to 100
    virtual void set_volume(unsigned percent) = 0;
    [[nodiscard]] virtual SoundHealth health() const = 0;
};

}  // namespace voip::hal
