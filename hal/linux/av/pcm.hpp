#pragma once
#include <alsa/asoundlib.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::hal::linux {

/// What is wanted of a card; where it has something else, ALSA's plug layer converts.
struct PcmFormat {
    unsigned rate = 16000;
    unsigned channels = 1;  ///< 1 or 2, S16 interleaved
};

/// An ALSA PCM that is open, in either direction. Never blocks but while it is opened and closed.
/// @thread one at a time; the driver's own
class Pcm {
 public:
    enum class Direction { capture, playback };
    enum class Wake { ready, woken, late };

    /// @param device  ALSA's name; empty: "default", and where that cannot be opened the first card
    /// @param buffer  how much the card holds; it may hold less or more
    /// @errors device_gone, refused, io: a sentence that names the device
    [[nodiscard]] static Result<Pcm> open(const std::string& device, Direction direction, PcmFormat format,
                                          Duration buffer);

    /// Recording begins. (Playing begins by itself when two frames of 20 ms are there.)
    [[nodiscard]] Result<void> start();
    /// Waits until something can be read or written. @param wake_fd  ends the wait
    [[nodiscard]] Wake wait(int wake_fd, Duration longest);
    /// How much was read into `samples` from its beginning; 0: there is nothing. An overrun is counted, and
    /// recording goes on. @errors device_gone, io
    [[nodiscard]] Result<std::size_t> read(std::span<std::int16_t> samples);
    /// How much of `samples` was taken; 0: there is no room. An underrun is counted, and playing begins anew.
    [[nodiscard]] Result<std::size_t> write(std::span<const std::int16_t> samples);
    /// Capture: how old the next sample is that read() gives. Playback: when one written now is heard.
    [[nodiscard]] Duration delay();
    [[nodiscard]] std::uint64_t xruns() const noexcept { return xruns_; }
    /// For the log: what converts, "hw:1" or "plug over hw:1".
    [[nodiscard]] const std::string& opened_as() const noexcept { return name_; }

 private:
    struct Close {
        void operator()(snd_pcm_t* pcm) const { snd_pcm_close(pcm); }
    };
    using Handle = std::unique_ptr<snd_pcm_t, Close>;

    Pcm(Handle handle, std::string name, Direction direction, PcmFormat format)
        : handle_(std::move(handle)), name_(std::move(name)), direction_(direction), format_(format) {}
    [[nodiscard]] static Result<Pcm> open_named(const std::string& name, Direction direction,
                                                PcmFormat format, Duration buffer);
    [[nodiscard]] Result<void> recover(snd_pcm_sframes_t error);
    [[nodiscard]] Error failed(snd_pcm_sframes_t error) const;

    Handle handle_;
    std::string name_;
    Direction direction_;
    PcmFormat format_;
    std::uint64_t xruns_ = 0;
};

}  // namespace voip::hal::linux
