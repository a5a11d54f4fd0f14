#include "hal/voice/measure_delay.hpp"

#include <optional>

#include "core/wake.hpp"
#include "hal/voice/delay_probe.hpp"

namespace voip::hal::voice {
namespace {

constexpr Duration deadline = 15s;

struct Measurement {
    Measurement(Microphone& mic, Speaker& loud, Timers& clock)
        : microphone(mic), speaker(loud), timers(clock), wake(clock) {}
    ~Measurement() {
        microphone.stop();
        speaker.stop();
    }
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    void start() {
        speaker.start([this](const Result<void>& started) { check("speaker", started); },
                      [this](SoundFrame& frame, TimePoint) { probe.play(frame, timers.now()); },
                      [this](const Error& why) { end(within("speaker", why)); });
        microphone.start([this](const Result<void>& started) { check("microphone", started); },
                         [this](const SoundFrame& frame, TimePoint) {
                             probe.hear(frame, timers.now());
                             if (probe.done()) wake.notify();
                         },
                         [this](const Error& why) { end(within("microphone", why)); });
    }
    void check(std::string_view device, const Result<void>& started) {
        if (!started) end(within(device, started.error()));
    }
    void end(Error why) {
        if (!failed) failed = std::move(why);
        wake.notify();
    }

    Microphone& microphone;
    Speaker& speaker;
    Timers& timers;
    DelayProbe probe;
    std::optional<Error> failed;
    Wake wake;
};

}  // namespace

asio::awaitable<Result<Duration>> measure_delay(Microphone& microphone, Speaker& speaker, Timers& timers) {
    Measurement measurement(microphone, speaker, timers);
    measurement.start();
    const TimePoint until = timers.now() + deadline;
    while (!measurement.failed && !measurement.probe.done()) {
        const WakeReason reason = co_await measurement.wake.wait(until);
        if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
        if (reason == WakeReason::deadline)
            co_return fail(Errc::timeout, "speaker or microphone stopped giving frames");
    }
    if (measurement.failed) co_return *measurement.failed;
    co_return measurement.probe.result();
}

}  // namespace voip::hal::voice
