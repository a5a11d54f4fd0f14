// speexdsp: where libwebrtc-audio-processing is absent.
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

#include <algorithm>
#include <array>
#include <deque>

#include "hal/voice/backends.hpp"
#include "hal/voice/ten_millis.hpp"

namespace voip::hal::voice {
namespace {

using Part = std::array<std::int16_t, ten_millis_samples>;
constexpr Duration part_time = sound_frame_time / 2;
constexpr int part_samples = static_cast<int>(ten_millis_samples);

// Two filters, one behind the other: of the echo's first 70 ms, and of what the room adds from 60 ms on. One
// of 140 ms would adapt slower and end up 10 dB worse, and so do parts of a whole frame, which also hold the
// voice back for twice as long.
// @source measured, tests/unit/voice/echo_test.cpp
constexpr std::size_t head_parts = 7, tail_parts = 8, tail_begins = 6;
constexpr std::size_t slack = 8;  // parts that far and near may drift apart

// Far parts on their way to the microphone: each near part is given the one that was handed over `lag` before
// it. Parts are paired by their count, since their times jitter with the loop.
class FarLine {
 public:
    void put(const Part& part) {
        if (owed_ > 0) {  // its near part has been already
            --owed_;
            return;
        }
        line_.push_back(part);
    }
    /// The whole frame's two parts are taken with one and the same lag.
    [[nodiscard]] Part take(Duration lag) {
        // What is there before a near frame comes is its own far frame too.
        const auto ahead = static_cast<std::size_t>(lag / part_time) + parts_of_frame;
        if (ahead != ahead_) running_ = false;
        ahead_ = ahead;
        while (line_.size() > ahead + slack || (!running_ && line_.size() > ahead)) line_.pop_front();
        running_ = running_ || line_.size() == ahead;
        if (!running_) return {};
        if (line_.empty()) {
            if (++owed_ > slack) running_ = false, owed_ = 0;
            return {};
        }
        const Part part = line_.front();
        line_.pop_front();
        return part;
    }

 private:
    static constexpr std::size_t parts_of_frame = 2;

    std::deque<Part> line_;
    std::size_t ahead_ = 0, owed_ = 0;
    bool running_ = false;
};

struct Destroy {
    void operator()(SpeexEchoState* state) const { speex_echo_state_destroy(state); }
    void operator()(SpeexPreprocessState* state) const { speex_preprocess_state_destroy(state); }
};

using EchoFilter = std::unique_ptr<SpeexEchoState, Destroy>;

EchoFilter make_filter(std::size_t parts) {
    EchoFilter filter(speex_echo_state_init(part_samples, part_samples * static_cast<int>(parts)));
    spx_int32_t rate = sound_rate;
    speex_echo_ctl(filter.get(), SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    return filter;
}

class SpeexVoice final : public Voice {
 public:
    explicit SpeexVoice(const VoiceSettings& settings)
        : lag_(settings.playout_delay), clean_(speex_preprocess_state_init(part_samples, sound_rate)) {
        if (settings.echo) {
            head_ = make_filter(head_parts);
            tail_ = make_filter(tail_parts);
            // The head's, which knows the loud part of the echo: with the tail's more of it stays.
            speex_preprocess_ctl(clean_.get(), SPEEX_PREPROCESS_SET_ECHO_STATE, head_.get());
            set(SPEEX_PREPROCESS_SET_ECHO_SUPPRESS, -60);
            set(SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, -45);
        }
        set(SPEEX_PREPROCESS_SET_DENOISE, settings.noise ? 1 : 0);
        set(SPEEX_PREPROCESS_SET_AGC, settings.gain ? 1 : 0);
        set(SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, 12);
        set(SPEEX_PREPROCESS_SET_AGC_TARGET, 8000);
    }

    void far(const SoundFrame& frame, TimePoint plays_at, TimePoint now) override {
        lag_.far(plays_at, now);
        if (!head_) return;
        for (auto at = frame.begin(); at != frame.end(); at += part_samples) {
            Part part;
            std::copy_n(at, part.size(), part.begin());
            line_.put(part);
        }
    }
    void near(SoundFrame& frame, TimePoint captured, TimePoint now) override {
        const Duration lag = lag_.near(captured, now);
        for (auto at = frame.begin(); at != frame.end(); at += part_samples) {
            if (head_) cancel(&*at, line_.take(lag));
            speex_preprocess_run(clean_.get(), &*at);
        }
    }
    std::string_view name() const noexcept override { return "speex"; }

 private:
    void set(int what, spx_int32_t value) { speex_preprocess_ctl(clean_.get(), what, &value); }
    /// Takes the echo out of one part of the microphone's. @param played  what it begins to be heard of
    void cancel(std::int16_t* heard, const Part& played) {
        std::move_backward(played_.begin(), played_.end() - 1, played_.end());
        played_.front() = played;
        Part between;
        speex_echo_cancellation(head_.get(), heard, played_.front().data(), between.data());
        speex_echo_cancellation(tail_.get(), between.data(), played_.back().data(), heard);
    }

    EchoLag lag_;
    FarLine line_;
    std::array<Part, tail_begins + 1> played_{};  // the newest first
    EchoFilter head_, tail_;
    std::unique_ptr<SpeexPreprocessState, Destroy> clean_;  // refers to the head
};

}  // namespace

std::unique_ptr<Voice> open_speex(const VoiceSettings& settings) {
    return std::make_unique<SpeexVoice>(settings);
}

}  // namespace voip::hal::voice
