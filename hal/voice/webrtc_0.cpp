// libwebrtc-audio-processing 0.3 (Debian 12). webrtc_1.cpp is the same on the interface of 1.x.
#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include "hal/voice/backends.hpp"
#include "hal/voice/ten_millis.hpp"

namespace voip::hal::voice {
namespace {

using webrtc::AudioProcessing;

class WebrtcVoice final : public Voice {
 public:
    explicit WebrtcVoice(const VoiceSettings& settings) : lag_(settings.playout_delay) {
        webrtc::Config config;
        // Finds an echo that lies some 40 ms beside where it was told to be, and rooms that ring for longer.
        config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));  // takes it
        apm_.reset(AudioProcessing::Create(config));
        const webrtc::StreamConfig mono(sound_rate, 1);
        apm_->Initialize({{mono, mono, mono, mono}});
        apm_->high_pass_filter()->Enable(true);
        apm_->echo_cancellation()->Enable(settings.echo);
        apm_->echo_cancellation()->enable_drift_compensation(false);
        apm_->echo_cancellation()->set_suppression_level(webrtc::EchoCancellation::kModerateSuppression);
        apm_->noise_suppression()->Enable(settings.noise);
        apm_->noise_suppression()->set_level(webrtc::NoiseSuppression::kModerate);
        apm_->gain_control()->set_mode(webrtc::GainControl::kAdaptiveDigital);
        apm_->gain_control()->Enable(settings.gain);
    }

    void far(const SoundFrame& frame, TimePoint plays_at, TimePoint now) override {
        lag_.far(plays_at, now);
        SoundFrame copy = frame;
        each_ten_millis(copy, [&](float* part) { apm_->ProcessReverseStream(&part, mono_, mono_, &part); });
    }
    void near(SoundFrame& frame, TimePoint captured, TimePoint now) override {
        const int lag = whole_millis(lag_.near(captured, now));
        each_ten_millis(frame, [&](float* part) {
            apm_->set_stream_delay_ms(lag);
            apm_->ProcessStream(&part, mono_, mono_, &part);
        });
    }
    std::string_view name() const noexcept override { return "webrtc"; }

 private:
    webrtc::StreamConfig mono_{sound_rate, 1};
    EchoLag lag_;
    std::unique_ptr<AudioProcessing> apm_;
};

}  // namespace

std::unique_ptr<Voice> open_webrtc(const VoiceSettings& settings) {
    return std::make_unique<WebrtcVoice>(settings);
}

}  // namespace voip::hal::voice
