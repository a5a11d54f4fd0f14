#include "daemon/ctl/deadline.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <limits>
#include <utility>

namespace voip::ctl {

Result<Deadline> Deadline::in(Duration length) {
    const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0) return fail(boost::system::error_code(errno, boost::system::generic_category()), "timer");
    Deadline deadline(fd);
    const auto nanoseconds = std::max<std::int64_t>(1, std::chrono::nanoseconds(length).count());
    constexpr std::int64_t a_second = 1'000'000'000;
    constexpr std::int64_t most = std::numeric_limits<decltype(timespec::tv_sec)>::max();
    itimerspec when{};
    when.it_value.tv_sec =
        static_cast<decltype(timespec::tv_sec)>(std::min(nanoseconds / a_second, most));  // 32 bits on armhf
    when.it_value.tv_nsec = static_cast<decltype(timespec::tv_nsec)>(nanoseconds % a_second);
    if (::timerfd_settime(fd, 0, &when, nullptr) != 0)
        return fail(boost::system::error_code(errno, boost::system::generic_category()), "timer");
    return deadline;
}

Deadline::Deadline(Deadline&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Deadline::~Deadline() {
    if (fd_ >= 0) ::close(fd_);
}

timeval Deadline::left() const noexcept {
    itimerspec now{};
    ::timerfd_gettime(fd_, &now);
    timeval rest{now.it_value.tv_sec, now.it_value.tv_nsec / 1000};
    if (rest.tv_sec == 0 && rest.tv_usec == 0) rest.tv_usec = 1;  // 0 would mean: wait without end
    return rest;
}

}  // namespace voip::ctl
