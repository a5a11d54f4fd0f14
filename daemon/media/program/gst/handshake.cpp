#include "daemon/media/program/gst/handshake.hpp"

#include <utility>

#include "daemon/media/program/gst/certificate.hpp"

namespace voip::media::gst {
namespace {

constexpr Duration last_word_time = 50ms;  // much longer than a queue holds it

}  // namespace

Handshake::Handshake(Timers& timers, std::shared_ptr<Shared> shared, std::function<void(bool)> judged)
    : timers_(timers), shared_(std::move(shared)), judged_(std::move(judged)) {}

void Handshake::expect(std::string algorithm, std::string fingerprint) {
    algorithm_ = std::move(algorithm);
    fingerprint_ = std::move(fingerprint);
}

void Handshake::on_connected() {
    if (std::exchange(connected_, true)) return;
    if (last_word_left_) return judge();
    alarm_ = timers_.call_at(timers_.now() + last_word_time, [this] {
        alarm_ = 0;
        judge();
    });
}

void Handshake::on_last_word() {
    last_word_left_ = true;
    if (connected_) judge();
}

void Handshake::stop() {
    timers_.cancel(std::exchange(alarm_, 0));
}

void Handshake::judge() {
    stop();
    if (!std::exchange(is_over_, true)) judged_(certificate_matches());
}

/// The library does not compare the certificate with the description; without this whoever sits on the way
/// could put himself in between.
bool Handshake::certificate_matches() const {
    bool matches = false;
    const std::lock_guard lock(shared_->mutex);
    for (const auto& dtls : shared_->dtls) {
        const std::string pem = text_property(dtls.get(), "peer-pem");
        if (pem.empty()) continue;
        matches = fingerprint_of(pem, algorithm_) == fingerprint_;
        if (!matches) break;
    }
    return matches;
}

}  // namespace voip::media::gst
