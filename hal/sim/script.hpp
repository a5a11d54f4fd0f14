#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::hal::sim {

/// One thing that happens to the simulated board by itself. The names are those of SimControl.
struct Step {
    enum class Kind { press, long_press, hold, release, vanish, come_back, fail };
    Duration at{};  ///< after the board was opened (or the round began)
    Kind kind = Kind::press;
    std::string target;     ///< a button's name, or a device's for vanish, come_back and fail
    Errc error = Errc::io;  ///< of fail
    friend bool operator==(const Step&, const Step&) = default;
};

struct Script {
    std::vector<Step> steps;         ///< in the order of their times
    std::optional<Duration> repeat;  ///< length of a round; nothing: once
};

/// What a script may name.
struct ScriptTargets {
    std::vector<std::string> buttons;
    std::vector<std::string> devices;
};

/// Largest script that is read, in bytes and in steps.
inline constexpr std::size_t max_script_bytes = 256 * 1024;
inline constexpr std::size_t max_script_steps = 10000;

/// Reads a script (hal/README.md): JSON with comments. Pure.
/// @errors bad_config with every fault and its place, "; " between
[[nodiscard]] Result<Script> parse_script(std::string_view text, const ScriptTargets& targets);

}  // namespace voip::hal::sim
