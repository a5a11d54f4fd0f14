#include "hal/voice/voice.hpp"

#include <algorithm>

namespace voip::hal::voice {
namespace {

class Off final : public Voice {
 public:
    void far(const SoundFrame&, TimePoint, TimePoint) override {}
    void near(SoundFrame&, TimePoint, TimePoint) override {}
    std::string_view name() const noexcept override { return "off"; }
};

}  // namespace

Duration EchoLag::near(TimePoint captured, TimePoint now) noexcept {
    if (measured_ > Duration::zero()) return std::max(measured_ - delay_margin, Duration::zero());
    least_ = std::min(least_, ahead_ + (now - captured));
    if (first_ || least_ < told_) told_ = least_;
    first_ = false;
    if (++counted_ == window) {
        told_ = least_;
        least_ = Duration::max();
        counted_ = 0;
    }
    return std::max(told_ - delay_margin, Duration::zero());
}

Result<std::unique_ptr<Voice>> open_voice(const VoiceSettings& settings) {
    if (!settings.echo && !settings.noise && !settings.gain) return std::make_unique<Off>();
    if (voice_backends().empty())
        return fail(Errc::not_found, "this build has no library for echo, noise and gain");
    return voice_backends().front().open(settings);
}

}  // namespace voip::hal::voice
