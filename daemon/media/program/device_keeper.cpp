#include "daemon/media/program/device_keeper.hpp"

#include <algorithm>
#include <utility>

namespace voip::media {

DeviceKeeper::Command DeviceKeeper::want(bool wanted, TimePoint now) {
    if (!present_ || wanted == wanted_) return Command::none;
    wanted_ = wanted;
    if (wanted) {
        state_ = State::starting;
        due_ = now + start_time;
        return Command::start;
    }
    const bool open = state_ == State::starting || state_ == State::on;
    state_ = State::off;
    due_.reset();
    error_.reset();
    retry_ = first_retry;
    return open ? Command::stop : Command::none;
}

void DeviceKeeper::started() {
    if (state_ != State::starting) return;
    state_ = State::on;
    due_.reset();
    error_.reset();
    retry_ = first_retry;
}

void DeviceKeeper::failed(Error why, TimePoint now) {
    if (state_ != State::starting && state_ != State::on) return;
    state_ = State::waiting;
    error_ = std::move(why);
    due_ = now + retry_;
    retry_ = std::min(2 * retry_, last_retry);
}

DeviceKeeper::Command DeviceKeeper::tick(TimePoint now) {
    if (!due_ || now < *due_) return Command::none;
    if (state_ == State::starting) {
        failed(fail(Errc::timeout, "it did not open"), now);
        return Command::stop;
    }
    state_ = State::starting;
    due_ = now + start_time;
    return Command::start;
}

}  // namespace voip::media
