#include "hal/linux/av/offers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace voip::hal::linux {
namespace {

struct Known {
    std::string_view fourcc;
    Pixels pixels;
};
// @source the kernel's "Image Formats" and "Compressed Formats": YU12 is I420, H264 is a byte stream with
// start codes, MJPG and JPEG are a JPEG picture each
constexpr std::array<Known, 6> known{{{"H264", Pixels::h264},
                                      {"YU12", Pixels::i420},
                                      {"NV12", Pixels::nv12},
                                      {"YUYV", Pixels::yuyv},
                                      {"MJPG", Pixels::jpeg},
                                      {"JPEG", Pixels::jpeg}}};

constexpr double close = 1.002;  // television's rates: 29.97 is 30, 14.985 is 15

std::string join(std::vector<std::string> parts) {
    constexpr std::size_t most = 24;  // some cameras offer a hundred
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i == most) return text + ", ...";
        text += (i == 0 ? "" : ", ") + parts[i];
    }
    return text;
}

std::string size_text(unsigned width, unsigned height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

std::string range_text(const SizeOffer& size) {
    const std::string largest = size_text(size.width, size.height);
    if (size.width == size.min_width && size.height == size.min_height) return largest;
    return size_text(size.min_width, size.min_height) + " to " + largest;
}

std::string rates_text(const SizeOffer& size) {
    std::vector<double> rates;
    for (const Interval& interval : size.intervals) rates.push_back(interval.rate());
    std::ranges::sort(rates);
    if (size.any_between && rates.size() == 2)
        return describe_rate(rates[0]) + " to " + describe_rate(rates[1]);
    std::vector<std::string> texts;
    for (const double rate : rates) texts.push_back(describe_rate(rate));
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return join(std::move(texts));
}

/// The slowest interval that is fast enough; nothing: all are too slow.
std::optional<Interval> fitting(const SizeOffer& size, unsigned fps) {
    const Interval exact{1, fps};
    if (size.intervals.empty()) return exact;
    std::optional<Interval> best;
    for (const Interval& interval : size.intervals)
        if (interval.rate() * close >= fps && (!best || interval.rate() < best->rate())) best = interval;
    if (!size.any_between || !best) return best;
    const bool reached = std::ranges::any_of(
        size.intervals, [&](const Interval& interval) { return interval.rate() <= fps * close; });
    return reached ? exact : *best;
}

Error no_size(const FormatOffer& offer, const CameraSettings& wanted, std::string_view device) {
    std::vector<std::string> sizes;
    for (const SizeOffer& size : offer.sizes) sizes.push_back(range_text(size));
    return fail(Errc::io, "board.camera.width, board.camera.height: " +
                              size_text(wanted.width, wanted.height) + " is not among what " +
                              std::string(device) + " offers as " + offer.fourcc + ": " + join(sizes));
}

Error no_rate(const FormatOffer& offer, const SizeOffer& size, const CameraSettings& wanted,
              std::string_view device) {
    return fail(Errc::io, "board.camera.fps: " + std::to_string(wanted.fps) + " is more than " +
                              std::string(device) + " offers as " + offer.fourcc + " of " +
                              size_text(wanted.width, wanted.height) + ": " + rates_text(size));
}

Result<Choice> choose_in(const FormatOffer& offer, const CameraSettings& wanted, std::string_view device) {
    Choice choice{*offer.pixels(), offer.fourcc, {1, wanted.fps}};
    if (offer.sizes.empty()) return choice;
    const auto size = std::ranges::find_if(
        offer.sizes, [&](const SizeOffer& each) { return each.has(wanted.width, wanted.height); });
    if (size == offer.sizes.end()) return no_size(offer, wanted, device);
    const auto interval = fitting(*size, wanted.fps);
    if (!interval) return no_rate(offer, *size, wanted, device);
    choice.interval = *interval;
    return choice;
}

bool allowed(Pixels pixels, CameraSettings::Format format) {
    using Format = CameraSettings::Format;
    return format == Format::automatic || (format == Format::h264) == (pixels == Pixels::h264);
}

Error no_format(std::span<const FormatOffer> offers, const CameraSettings& wanted, std::string_view device) {
    std::vector<std::string> names;
    for (const FormatOffer& offer : offers) names.push_back(offer.fourcc);
    using Format = CameraSettings::Format;
    const char* const text = wanted.format == Format::h264  ? "H264"
                             : wanted.format == Format::raw ? "YU12, NV12, YUYV or MJPG"
                                                            : "H264, YU12, NV12, YUYV or MJPG";
    return fail(Errc::io, "board.camera.format: " + std::string(device) + " offers " +
                              (names.empty() ? "nothing" : join(names)) + "; needed is " + text);
}

}  // namespace

bool SizeOffer::has(unsigned w, unsigned h) const noexcept {
    const auto fits = [](unsigned value, unsigned least, unsigned most, unsigned step) {
        return value >= least && value <= most && (value - least) % std::max(step, 1u) == 0;
    };
    return fits(w, min_width, width, step_width) && fits(h, min_height, height, step_height);
}

std::optional<Pixels> FormatOffer::pixels() const noexcept {
    const auto* const found = std::ranges::find(known, std::string_view(fourcc), &Known::fourcc);
    if (found == known.end()) return std::nullopt;
    return found->pixels;
}

Result<Choice> choose(std::span<const FormatOffer> offers, const CameraSettings& wanted,
                      std::string_view device) {
    std::optional<Error> first;  // of the format preferred: what a person should read
    for (const Known& format : known) {
        if (!allowed(format.pixels, wanted.format)) continue;
        const auto offer = std::ranges::find(offers, format.fourcc, &FormatOffer::fourcc);
        if (offer == offers.end()) continue;
        auto choice = choose_in(*offer, wanted, device);
        if (choice) return choice;
        if (!first) first = choice.error();
    }
    return first ? *first : no_format(offers, wanted, device);
}

std::string describe(const SizeOffer& size) {
    const std::string rates = rates_text(size);
    return range_text(size) + (rates.empty() ? "" : " (" + rates + " a second)");
}

std::string describe_rate(double rate) {
    const long tenths = std::lround(rate * 10);
    const std::string whole = std::to_string(tenths / 10);
    return tenths % 10 == 0 ? whole : whole + "." + std::to_string(tenths % 10);
}

}  // namespace voip::hal::linux
