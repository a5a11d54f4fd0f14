#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hal/av.hpp"

/// What a camera offers, and what of it a call takes. Pure.
namespace voip::hal::linux {

/// What can be sent: as it comes, or after encoding it here; the first preferred.
enum class Pixels { h264, i420, nv12, yuyv, jpeg };

/// Time from picture to picture, in seconds: numerator / denominator.
struct Interval {
    unsigned numerator = 1, denominator = 15;
    [[nodiscard]] double rate() const noexcept { return static_cast<double>(denominator) / numerator; }
    friend bool operator==(const Interval&, const Interval&) = default;
};

struct SizeOffer {
    unsigned width = 0, height = 0;          ///< the largest, where there is a range
    unsigned min_width = 0, min_height = 0;  ///< the same as the largest where there is none
    unsigned step_width = 1, step_height = 1;
    /// Each that there is; where `any_between`, the shortest and the longest; empty: the driver does not say.
    std::vector<Interval> intervals = {};
    bool any_between = false;

    [[nodiscard]] bool has(unsigned w, unsigned h) const noexcept;
};

struct FormatOffer {
    std::string fourcc = {};            ///< "YUYV"
    std::vector<SizeOffer> sizes = {};  ///< empty: the driver does not say
    [[nodiscard]] std::optional<Pixels> pixels() const noexcept;
};

struct Choice {
    Pixels pixels = Pixels::yuyv;
    std::string fourcc = {};
    /// What is asked of the camera: its slowest rate that is not below the configured one.
    Interval interval = {};
};

/// What the settings mean with this camera.
/// @param device  its name in messages
/// @errors io: names the option and what the camera offers instead
[[nodiscard]] Result<Choice> choose(std::span<const FormatOffer> offers, const CameraSettings& wanted,
                                    std::string_view device);

/// "640x480 (5, 15, 30 a second)"; ranges as "64x64 to 1920x1080".
[[nodiscard]] std::string describe(const SizeOffer& size);
/// "15", "7.5"
[[nodiscard]] std::string describe_rate(double rate);

}  // namespace voip::hal::linux
