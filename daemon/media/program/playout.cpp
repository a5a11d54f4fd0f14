#include "daemon/media/program/playout.hpp"

#include <algorithm>

namespace voip::media {

void Playout::push(std::span<const std::int16_t> samples) {
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    while (waiting() > max_frames) drop_frame();
}

void Playout::drop_frame() {
    samples_.erase(samples_.begin(), samples_.begin() + hal::sound_frame_samples);
    ++dropped_;
    since_drop_ = 0;
}

bool Playout::pull(hal::SoundFrame& frame) {
    ++since_drop_;
    if (!playing_ && waiting() >= target_) playing_ = true;
    if (playing_ && waiting() == 0) {
        playing_ = false;
        ++dry_;
        calm_ = trim_pulls_ = 0;
        target_ = std::min(target_ + 1, most);
    }
    if (!playing_) {
        frame.fill(0);
        return false;
    }
    if (waiting() > target_ + slack && since_drop_ > pulls_between_drops) drop_frame();
    std::copy_n(samples_.begin(), frame.size(), frame.begin());
    samples_.erase(samples_.begin(), samples_.begin() + hal::sound_frame_samples);
    if (++calm_ >= calm_pulls) {
        calm_ = 0;
        target_ = std::max(target_ - 1, least);
    }
    trim();
    return true;
}

void Playout::trim() {
    idle_ = trim_pulls_ == 0 ? waiting() : std::min(idle_, waiting());
    if (++trim_pulls_ < surplus_pulls) return;
    trim_pulls_ = 0;
    if (idle_ >= target_) drop_frame();
}

void Playout::reset() noexcept {
    samples_.clear();
    trim_pulls_ = 0;
    playing_ = false;
}

}  // namespace voip::media
