#pragma once
#include <sys/time.h>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::ctl {

/// The moment at which waiting ends, as a descriptor that becomes readable then: poll() watches it beside a
/// socket, and nobody has to read a clock.
class Deadline {
 public:
    /// @param length above 0. @errors io: the system has no descriptor left
    [[nodiscard]] static Result<Deadline> in(Duration length);
    Deadline(Deadline&& other) noexcept;
    Deadline& operator=(Deadline&&) = delete;
    ~Deadline();

    [[nodiscard]] int fd() const noexcept { return fd_; }
    /// Time left, at least a microsecond: for calls that take a timeout by themselves.
    [[nodiscard]] timeval left() const noexcept;

 private:
    explicit Deadline(int fd) noexcept : fd_(fd) {}
    int fd_;
};

}  // namespace voip::ctl
