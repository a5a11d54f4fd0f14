#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hal/boards.hpp"
#include "hal/linux/fd.hpp"
#include "hal/linux/gpio_lookup.hpp"

/// Lines of GPIO chips through the kernel's character device. @source linux/gpio.h, uAPI v2 (Linux 5.10)
namespace voip::hal::linux {

inline constexpr const char* device_folder = "/dev";

/// Every chip that may be asked. Chips without permission are left out. @param refused  how many those are
[[nodiscard]] std::vector<ChipFacts> list_chips(unsigned* refused = nullptr);

/// What a line is called and who has it.
struct LineFacts {
    std::string name, consumer;  ///< consumer: empty while nobody has it
    bool used = false, output = false, active_low = false;
};
/// By offset. @errors as os_error()
[[nodiscard]] Result<std::vector<LineFacts>> list_lines(const std::string& chip_name);

/// A line that was found.
struct LinePlace {
    std::string node;  ///< "/dev/gpiochip0"
    unsigned offset = 0;
    std::string text;  ///< for messages: "gpiochip0 line 17"
};
[[nodiscard]] Result<LinePlace> locate(const LineSettings& line);

/// An input line, its edges and its level. Logical levels: active low is taken care of.
struct Edge {
    bool active = false;
    std::uint64_t stamp_ns = 0;  ///< the kernel's monotonic clock
    std::uint32_t number = 0;    ///< counts the line's edges, the lost ones too
};
struct OpenInput {
    Fd fd;
    std::string text;
    bool debounced = true;  ///< false: the chip refused, the caller has to
    bool edges = true;      ///< false: the line has no interrupt, the caller has to look
};
/// @errors device_gone, refused, io (in use by: its consumer's name)
[[nodiscard]] Result<OpenInput> open_input(const LineSettings& line, Bias bias, Duration debounce);
/// The level now. @errors device_gone, io
[[nodiscard]] Result<bool> get_level(int fd, const std::string& text);
/// The edges that wait, oldest first; empty when there is none. @errors device_gone, io
[[nodiscard]] Result<std::vector<Edge>> read_edges(int fd, const std::string& text);

/// An output line at rest (inactive).
struct OpenOutput {
    Fd fd;
    std::string text;
};
[[nodiscard]] Result<OpenOutput> open_output(const LineSettings& line);
[[nodiscard]] Result<void> set_level(int fd, bool active, const std::string& text);

}  // namespace voip::hal::linux
