// speexdsp: where libwebrtc-audio-processing is absent.
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

#include <deque>

#include "hal/voice/backends.hpp"

namespace voip::hal::voice {
namespace {

constexpr int part_samples = static_cast<int>(sound_frame_samples);
// 80 ms of room after the lag. Longer tails adapt slower and end up worse, in rooms that ring for longer too,
// and so do parts of half a frame; shorter ones lose the echo when far and near fall out of step.
// @source measured, tests/unit/voice/echo_test.cpp
constexpr int tail_samples = part_samples * 4;
constexpr std::size_t slack = 4;  // frames that far and near may drift apart

// Far frames on their way to the microphone: each near frame is given the one that was handed over `lag`
// before it. Frames are paired by their count, since their times jitter with the loop.
class FarLine {
 public:
    void put(const SoundFrame& frame) {
        if (owed_ > 0) {  // its near frame has been already
            --owed_;
            return;
        }
        line_.push_back(frame);
    }
    [[nodiscard]] SoundFrame take(Duration lag) {
        const auto frames = static_cast<std::size_t>(lag / sound_frame_time);
        if (frames != frames_) running_ = false;
        frames_ = frames;
        while (line_.size() > frames + 1 + slack || (!running_ && line_.size() > frames + 1))
            line_.pop_front();
        running_ = running_ || line_.size() == frames + 1;
        if (!running_) return {};
        if (line_.empty()) {
            if (++owed_ > slack) running_ = false, owed_ = 0;
            return {};
        }
        const SoundFrame frame = line_.front();
        line_.pop_front();
        return frame;
    }

 private:
    std::deque<SoundFrame> line_;
    std::size_t frames_ = 0, owed_ = 0;
    bool running_ = false;
};

struct Destroy {
    void operator()(SpeexEchoState* state) const { speex_echo_state_destroy(state); }
    void operator()(SpeexPreprocessState* state) const { speex_preprocess_state_destroy(state); }
};

class SpeexVoice final : public Voice {
 public:
    explicit SpeexVoice(const VoiceSettings& settings)
        : lag_(settings.playout_delay), clean_(speex_preprocess_state_init(part_samples, sound_rate)) {
        if (settings.echo) {
            echo_.reset(speex_echo_state_init(part_samples, tail_samples));
            spx_int32_t rate = sound_rate;
            speex_echo_ctl(echo_.get(), SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
            speex_preprocess_ctl(clean_.get(), SPEEX_PREPROCESS_SET_ECHO_STATE, echo_.get());
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
        if (echo_) line_.put(frame);
    }
    void near(SoundFrame& frame, TimePoint captured, TimePoint now) override {
        const Duration lag = lag_.near(captured, now);
        const SoundFrame played = echo_ ? line_.take(lag) : SoundFrame{};
        const SoundFrame heard = frame;
        if (echo_) speex_echo_cancellation(echo_.get(), heard.data(), played.data(), frame.data());
        speex_preprocess_run(clean_.get(), frame.data());
    }
    std::string_view name() const noexcept override { return "speex"; }

 private:
    void set(int what, spx_int32_t value) { speex_preprocess_ctl(clean_.get(), what, &value); }

    EchoLag lag_;
    FarLine line_;
    std::unique_ptr<SpeexEchoState, Destroy> echo_;
    std::unique_ptr<SpeexPreprocessState, Destroy> clean_;  // refers to it
};

}  // namespace

std::unique_ptr<Voice> open_speex(const VoiceSettings& settings) {
    return std::make_unique<SpeexVoice>(settings);
}

}  // namespace voip::hal::voice
