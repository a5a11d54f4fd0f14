#pragma once
#include "hal/linux/av/pcm.hpp"
#include "hal/linux/av/worker.hpp"

namespace voip::hal::linux {

/// Opens a PCM, and tries a busy one again for up to 0.6 s: the ring tone, or the call before, is just
/// letting it go. @errors as Pcm::open(); cancelled when the run was stopped meanwhile
[[nodiscard]] inline Result<Pcm> open_sound(const Run& run, const std::string& device,
                                            Pcm::Direction direction, PcmFormat format, Duration buffer) {
    constexpr Duration patience = 600ms, pause = 50ms;
    const TimePoint until = thread_now() + patience;
    for (;;) {
        auto opened = Pcm::open(device, direction, format, buffer);
        if (opened || !opened.error().is(Errc::io) || thread_now() >= until) return opened;
        if (run.sleep(pause)) return fail(Errc::cancelled);
    }
}

}  // namespace voip::hal::linux
