#pragma once
#include <chrono>
#include <string>

#include "core/error.hpp"
#include "hal/linux/fd.hpp"

/// Device nodes and what the kernel says about them.
namespace voip::hal::linux {

/// The kernel's errno as a product's error: device_gone where there is nothing (any more), refused without
/// permission, io for all else. The text says in plain words what to look at.
[[nodiscard]] Error os_error(std::string what, int number);

/// Opens a node without waiting and without inheriting. @param flags  O_RDONLY, O_WRONLY or O_RDWR
/// @errors as os_error(), the path in front
[[nodiscard]] Result<Fd> open_node(const std::string& path, int flags);

/// The clock of the kernel's stamps (CLOCK_MONOTONIC).
[[nodiscard]] std::chrono::nanoseconds kernel_now() noexcept;

/// ioctl() that is begun again after a signal. 0, or the errno.
[[nodiscard]] int control(int fd, unsigned long request, void* argument) noexcept;

}  // namespace voip::hal::linux
