#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "core/timers.hpp"
#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/webrtc_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/h264_clip.hpp"
#include "tests/support/webrtc_phone.hpp"

namespace voip::test {

/// A connection and a phone in one process, joined over 127.0.0.1, and a loop that moves them.
struct TransportBench {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy = asio::make_work_guard(io);
    SystemTimers timers{io.get_executor()};
    std::unique_ptr<media::MediaEngine> engine = media::gst::make_engine(io.get_executor(), timers, Log());
    std::unique_ptr<media::MediaTransport> device;
    std::unique_ptr<WebRtcPhone> phone;
    std::function<std::string(std::string)> on_answer = [](std::string sdp) { return sdp; };  ///< on the way
    std::function<void()> on_offer = [] {};

    // What was seen.
    std::string offer, answer;
    std::optional<Result<void>> answered;
    std::vector<std::string> candidates;
    bool connected = false, gathered = false;
    std::optional<Error> lost;
    unsigned keys_wanted = 0;
    std::size_t samples_heard = 0;

    unsigned rotation = 0;
    std::size_t pictures_sent = 0, sounds_sent = 0;

    TransportBench() {
        std::optional<Result<void>> libraries, loaded;
        engine->load(
            {}, [&](Result<void> outcome) { libraries = std::move(outcome); },
            [&](Result<void> outcome) { loaded = std::move(outcome); });
        REQUIRE(until([&] { return loaded.has_value(); }));
        INFO((*loaded ? "" : loaded->error().text()));
        REQUIRE(*loaded);
        CHECK(libraries);  // they are told before the key
        load_phone_plugins();
    }
    ~TransportBench() { close(); }

    /// Runs the loop until the condition holds, half a minute at most: libraries take long to load where a
    /// processor is emulated and busy.
    bool until(const std::function<bool()>& holds) {
        const auto end = timers.now() + 30s;
        while (!holds() && timers.now() < end) io.run_one_for(std::chrono::milliseconds(5));
        return holds();
    }

    void open(media::TransportSettings settings, WebRtcPhone::Settings of_phone = {}) {
        settings.addresses = {"127.0.0.1"};
        WebRtcPhone::Handlers to_us;
        to_us.answer = [this](std::string sdp) {
            answer = on_answer(std::move(sdp));
            device->take_answer(answer, [this](Result<void> outcome) { answered = std::move(outcome); });
        };
        to_us.candidate = [this](const std::string& candidate, unsigned line) {
            if (device) REQUIRE(device->take_candidate(candidate, line));
        };
        phone = std::make_unique<WebRtcPhone>(io.get_executor(), std::move(of_phone), std::move(to_us));
        auto opened = engine->open(settings, handlers());
        REQUIRE(opened);
        device = std::move(*opened);
    }

    void close() {
        if (!device) return;
        bool closed = false;
        device->close([&] { closed = true; });
        CHECK(until([&] { return closed; }));
        device.reset();
    }

    /// Sound, and pictures when told, leave in time until the condition holds.
    bool play_until(const std::function<bool()>& holds, bool with_pictures = true, bool with_sound = true) {
        const TimePoint begin = timers.now();
        const std::size_t first_sound = sounds_sent;
        std::size_t pictures = 0;
        pictures_sent += 15 - pictures_sent % 15;  // with a key one
        return until([&] {
            const auto passed = timers.now() - begin;
            for (; with_pictures && passed >= pictures * (1000ms / 15); ++pictures)
                device->send_picture(clip().picture(pictures_sent++, timers.now()), rotation);
            while (with_sound && passed >= (sounds_sent - first_sound) * 20ms)
                send_tone(begin + (sounds_sent - first_sound) * 20ms);
            return holds();
        });
    }

 private:
    media::MediaTransport::Handlers handlers() {
        media::MediaTransport::Handlers to;
        to.offer = [this](std::string sdp) {
            on_offer();
            phone->take_offer(offer = std::move(sdp));
        };
        to.candidate = [this](std::string candidate, const std::string& mid, unsigned line) {
            gathered = gathered || candidate.empty();
            if (candidate.empty()) return;
            CHECK_FALSE(mid.empty());
            candidates.push_back(candidate);
            phone->take_candidate(candidate, line);
        };
        to.connected = [this] { connected = true; };
        to.lost = [this](Error why) { lost = std::move(why); };
        to.key_wanted = [this] { ++keys_wanted; };
        to.sound = [this](std::span<const std::int16_t> samples) { samples_heard += samples.size(); };
        return to;
    }
    void send_tone(TimePoint stamp) {
        hal::SoundFrame frame;
        for (std::size_t i = 0; i < frame.size(); ++i) {
            const auto at = static_cast<double>(sounds_sent * frame.size() + i) / hal::sound_rate;
            frame[i] = static_cast<std::int16_t>(16000 * std::sin(2 * std::numbers::pi * 1000 * at));
        }
        ++sounds_sent;
        device->send_sound(frame, stamp);
    }
};

}  // namespace voip::test
