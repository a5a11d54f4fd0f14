#include "daemon/media/program/selftest.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "core/wake.hpp"
#include "hal/voice/measure_delay.hpp"

namespace voip::media {
namespace {

namespace asio = boost::asio;

constexpr Duration start_time = 8s;  // a camera may have to find its exposure first
constexpr Duration film_time = 3s, sound_time = 1s;
constexpr Duration best_delay_off = 100ms;  // a configured delay that is shorter by more leaves echo

/// A device that is being tried: whether it began, and how it ended.
struct Trial {
    explicit Trial(Timers& timers) : wake(timers) {}

    template <class Outcome>
    void on_started(const Outcome& outcome) {
        if (outcome)
            began = true;
        else
            failed = outcome.error();
        wake.notify();
    }
    void on_gone(const Error& why) {
        failed = why;
        wake.notify();
    }

    Wake wake;
    bool began = false;
    std::optional<Error> failed;
};

/// Waits for the start, and then for so long, or for a failure. @errors the device's; timeout
asio::awaitable<Result<void>> watch(Trial& trial, Timers& timers, Duration length) {
    const TimePoint start_by = timers.now() + start_time;
    while (!trial.began && !trial.failed && timers.now() < start_by) (void)co_await trial.wake.wait(start_by);
    if (!trial.began && !trial.failed) co_return fail(Errc::timeout, "it did not open in 8 s");
    const TimePoint end = timers.now() + length;
    while (!trial.failed && timers.now() < end) (void)co_await trial.wake.wait(end);
    if (trial.failed) co_return *trial.failed;
    co_return Result<void>();
}

std::string rate_text(std::size_t count, Duration length) {
    const auto tenths =
        std::lround(static_cast<double>(count) * 10 / std::chrono::duration<double>(length).count());
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::int64_t whole_ms(Duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

std::string words_of(const Error& why) {
    return why.context.empty() ? why.text() : why.context;
}

struct Film {
    hal::CameraFormat format;
    std::size_t pictures = 0, keys = 0;
    bool first_is_key = false;
    Duration opening{};  // from the start to the first picture
};

Finding judge(const Film& film) {
    Finding found{.part = "camera"};
    found.text = std::to_string(film.format.width) + "x" + std::to_string(film.format.height) + " at " +
                 rate_text(film.pictures, film_time) + " pictures a second, " + std::to_string(film.keys) +
                 " key pictures";
    if (film.pictures > 0)
        found.text += ", the first after " + std::to_string(whole_ms(film.opening)) + " ms";
    const std::size_t enough = film.format.fps * 3 * 2 / 3;  // of those due
    if (film.pictures < enough)
        found.text += ": too few, board.camera.fps is " + std::to_string(film.format.fps);
    else if (!film.first_is_key || film.keys < 2)
        found.text += ": a phone needs one first and every second";
    else
        found.good = true;
    return found;
}

asio::awaitable<Finding> try_camera(hal::Camera& camera, Timers& timers) {
    Trial trial(timers);
    Film film;
    const TimePoint begun = timers.now();
    camera.start(
        [&](const Result<hal::CameraFormat>& started) {
            if (started) film.format = *started;
            trial.on_started(started);
        },
        [&](const hal::AccessUnit& unit) {
            if (film.pictures++ == 0) {
                film.first_is_key = unit.key;
                film.opening = timers.now() - begun;
            }
            film.keys += unit.key ? 1u : 0u;
        },
        [&](const Error& why) { trial.on_gone(why); });
    const auto watched = co_await watch(trial, timers, film_time);
    camera.stop();
    if (watched) co_return judge(film);
    Finding bad{.part = "camera", .text = words_of(watched.error())};
    co_return bad;
}

std::string level_text(double energy, std::size_t samples) {
    if (samples == 0 || energy == 0) return "silence";
    const double power = energy / static_cast<double>(samples) / (32768.0 * 32768.0);
    return std::to_string(std::lround(10 * std::log10(power))) + " dB";
}

asio::awaitable<Finding> try_microphone(hal::Microphone& microphone, Timers& timers) {
    Trial trial(timers);
    double energy = 0;
    std::size_t frames = 0;
    microphone.start([&](const Result<void>& started) { trial.on_started(started); },
                     [&](const hal::SoundFrame& frame, TimePoint) {
                         ++frames;
                         for (const double sample : frame) energy += sample * sample;
                     },
                     [&](const Error& why) { trial.on_gone(why); });
    const auto watched = co_await watch(trial, timers, sound_time);
    microphone.stop();
    Finding found{.part = "microphone"};
    found.text = watched ? std::to_string(frames) + " of 50 frames in a second, level " +
                               level_text(energy, frames * hal::sound_frame_samples)
                         : words_of(watched.error());
    found.good = watched && frames >= 40;
    co_return found;
}

asio::awaitable<Finding> try_speaker(hal::Speaker& speaker, Timers& timers) {
    Trial trial(timers);
    std::size_t frames = 0;
    speaker.start([&](const Result<void>& started) { trial.on_started(started); },
                  [&](hal::SoundFrame& frame, TimePoint) {
                      ++frames;
                      frame.fill(0);
                  },
                  [&](const Error& why) { trial.on_gone(why); });
    const auto watched = co_await watch(trial, timers, sound_time);
    const std::uint64_t gaps = speaker.health().xruns;
    speaker.stop();
    Finding found{.part = "speaker"};
    found.text =
        watched ? "takes " + std::to_string(frames) + " frames in a second, " + std::to_string(gaps) + " gaps"
                : words_of(watched.error());
    found.good = watched && frames >= 40;
    co_return found;
}

Finding judge_delay(Duration measured, Duration configured) {
    const auto ms = whole_ms(measured);
    Finding found{.part = "echo", .good = true};
    found.text = "the microphone hears the speaker after " + std::to_string(ms) + " ms";
    json::Value media;
    media.set("playoutDelay", ms);
    if (configured == Duration::zero()) {
        found.config.set("media", std::move(media));
    } else if (configured > measured || configured < measured - best_delay_off) {
        const auto told = whole_ms(configured);
        found.good = false;
        found.text += ", but media.playoutDelay is " + std::to_string(told) + ": echo is not cancelled";
        found.config.set("media", std::move(media));
    }
    return found;
}

asio::awaitable<Finding> try_both(const hal::AvDevices& board, Timers& timers, Duration playout_delay) {
    hal::Microphone& microphone = *board.microphone;
    hal::Speaker& speaker = *board.speaker;
    const auto measured = co_await hal::voice::measure_delay(microphone, speaker, timers);
    if (measured) co_return judge_delay(*measured, playout_delay);
    Finding bad{.part = "echo", .text = words_of(measured.error())};
    co_return bad;
}

}  // namespace

asio::awaitable<std::vector<Finding>> selftest(const hal::AvDevices& board, Timers& timers,
                                               Duration playout_delay) {
    std::vector<Finding> findings;
    if (board.camera) {
        hal::Camera& camera = *board.camera;
        Finding found = co_await try_camera(camera, timers);
        findings.push_back(std::move(found));
    }
    bool both = board.microphone && board.speaker;
    if (board.microphone) {
        hal::Microphone& microphone = *board.microphone;
        Finding found = co_await try_microphone(microphone, timers);
        both = both && found.good;
        findings.push_back(std::move(found));
    }
    if (board.speaker) {
        hal::Speaker& speaker = *board.speaker;
        Finding found = co_await try_speaker(speaker, timers);
        both = both && found.good;
        findings.push_back(std::move(found));
    }
    if (both) {
        Finding found = co_await try_both(board, timers, playout_delay);
        findings.push_back(std::move(found));
    }
    co_return findings;
}

json::Value encode(const std::vector<Finding>& findings) {
    json::Array all;
    for (const Finding& finding : findings) {
        json::Value one;
        one.set("part", finding.part).set("good", finding.good).set("text", finding.text);
        if (!finding.config.is_null()) one.set("config", finding.config);
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace voip::media
