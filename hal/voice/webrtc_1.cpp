// libwebrtc-audio-processing 1.x (Debian 13). webrtc_0.cpp is the same on the interface of 0.3.
#include <modules/audio_processing/include/audio_processing.h>

#include "hal/voice/backends.hpp"
#include "hal/voice/ten_millis.hpp"

namespace voip::hal::voice {
namespace {

using webrtc::AudioProcessing;

class WebrtcVoice final : public Voice {
 public:
    explicit WebrtcVoice(const VoiceSettings& settings)
        : lag_(settings.playout_delay), apm_(webrtc::AudioProcessingBuilder().Create()) {
        AudioProcessing::Config config;
        config.high_pass_filter.enabled = true;
        config.echo_canceller.enabled = settings.echo;
        config.noise_suppression.enabled = settings.noise;
        config.noise_suppression.level = AudioProcessing::Config::NoiseSuppression::kModerate;
        config.gain_controller1.enabled = settings.gain;
        config.gain_controller1.mode = AudioProcessing::Config::GainController1::kAdaptiveDigital;
        apm_->ApplyConfig(config);
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
    rtc::scoped_refptr<AudioProcessing> apm_;
};

}  // namespace

std::unique_ptr<Voice> open_webrtc(const VoiceSettings& settings) {
    return std::make_unique<WebrtcVoice>(settings);
}

}  // namespace voip::hal::voice
