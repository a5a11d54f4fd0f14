#include "daemon/media/program/rate_control.hpp"

#include <algorithm>
#include <cmath>

namespace voip::media {
namespace {

constexpr double heavy_loss = 0.10, light_loss = 0.02;
constexpr double growth = 1.08;
constexpr double least_step_kbps = 5;  // so that growth from a low floor does not take minutes
constexpr double headroom = 1.5;       // over what is sent: a still scene must not wind the rate up
constexpr Duration rest = 3s;          // after a cut: reports of before the cut are still under way
constexpr Duration queueing = 300ms;   // round trip above the best one: a queue is filling
constexpr double queueing_cut = 0.85;
constexpr double sound_kbps = 40;        // REMB is of everything; Opus at 24 kbit/s with headers
constexpr Duration remb_life = 10s;      // browsers repeat it each second
constexpr double bits_per_pixel = 0.04;  // below this an H.264 picture falls apart
constexpr unsigned least_fps = 5;

}  // namespace

RateControl::RateControl(const Limits& limits) : limits_(limits), kbps_(std::min(limits.ceiling_kbps, 600U)) {
    settle();
}

const RateControl::Target& RateControl::on_report(const NetworkReport& report, TimePoint now) {
    if (report.remb_kbps) remb_ = Remb{*report.remb_kbps, now};
    by_loss(report, now);
    by_round_trip(report, now);
    by_remb(report, now);
    settle();
    return target_;
}

const RateControl::Target& RateControl::on_new_connection(TimePoint now) {
    kbps_ /= 2;
    remb_.reset();
    best_round_trip_.reset();
    rest_until_ = now + rest;
    settle();
    return target_;
}

const RateControl::Target& RateControl::on_format(unsigned width, unsigned height, unsigned fps) {
    limits_.width = width;
    limits_.height = height;
    limits_.fps = std::max(fps, 1U);
    target_.fps = 0;  // no hysteresis towards another camera's rate
    settle();
    return target_;
}

void RateControl::by_loss(const NetworkReport& report, TimePoint now) {
    if (!report.loss) return;
    const double loss = std::clamp(*report.loss, 0.0, 1.0);
    if (loss > heavy_loss) {
        kbps_ *= 1 - loss / 2;
        rest_until_ = now + rest;
        return;
    }
    if (loss >= light_loss || (rest_until_ && now < *rest_until_)) return;
    const double grown = std::max(kbps_ * growth, kbps_ + least_step_kbps);
    kbps_ = std::max(kbps_, std::min(grown, headroom * report.sent_kbps));
}

void RateControl::by_round_trip(const NetworkReport& report, TimePoint now) {
    if (!report.round_trip) return;
    best_round_trip_ = std::min(best_round_trip_.value_or(*report.round_trip), *report.round_trip);
    const bool resting = rest_until_ && now < *rest_until_;
    if (resting || *report.round_trip < *best_round_trip_ + queueing) return;
    kbps_ *= queueing_cut;
    rest_until_ = now + rest;
}

void RateControl::by_remb(const NetworkReport&, TimePoint now) {
    if (!remb_ || now - remb_->at > remb_life) return;
    kbps_ = std::min(kbps_, std::max(0.0, remb_->kbps - sound_kbps));
}

void RateControl::settle() {
    kbps_ =
        std::clamp(kbps_, static_cast<double>(limits_.floor_kbps), static_cast<double>(limits_.ceiling_kbps));
    target_.kbps = static_cast<unsigned>(std::lround(kbps_));
    // A change of less than a fifth is not worth a stutter, but the full rate always is.
    const unsigned fps = fps_for(kbps_);
    const bool worth = std::abs(static_cast<int>(fps) - static_cast<int>(target_.fps)) * 5 >=
                       static_cast<int>(std::max(target_.fps, 1U));
    if (worth || fps == limits_.fps) target_.fps = fps;
}

unsigned RateControl::fps_for(double kbps) const {
    const double picture_kbit = limits_.width * limits_.height * bits_per_pixel / 1000;
    const double carried = picture_kbit > 0 ? kbps / picture_kbit : limits_.fps;
    const double least = std::min(least_fps, limits_.fps);
    return static_cast<unsigned>(std::clamp(carried, least, static_cast<double>(limits_.fps)));
}

}  // namespace voip::media
