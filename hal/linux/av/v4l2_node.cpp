#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "hal/linux/av/v4l2.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

constexpr unsigned most_entries = 256;  // of any list: a driver that never ends one is broken

std::string fourcc_text(unsigned code) {
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(code >> shift & 0x7fu);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

unsigned fourcc_of(const std::string& text) {
    unsigned code = 0;
    for (std::size_t i = 0; i < 4; ++i)
        code |= unsigned{static_cast<unsigned char>(i < text.size() ? text[i] : ' ')} << (8 * i);
    return code;
}

Interval interval_of(const v4l2_fract& fraction) {
    return {std::max(fraction.numerator, 1u), std::max(fraction.denominator, 1u)};
}

template <std::size_t Size>
std::string text_of(const unsigned char (&bytes)[Size]) {
    const auto* const text = reinterpret_cast<const char*>(bytes);
    return {text, ::strnlen(text, Size)};
}

}  // namespace

Result<V4l2Node> V4l2Node::open(const std::string& path) {
    auto fd = open_node(path, O_RDWR);
    if (!fd) return fd.error();
    v4l2_capability caps{};
    if (const int error = control(fd->get(), VIDIOC_QUERYCAP, &caps); error != 0) {
        if (error == ENODEV || error == ENXIO) return os_error(path, error);
        return fail(Errc::io, path + " is no camera");
    }
    const unsigned can = caps.capabilities & V4L2_CAP_DEVICE_CAPS ? caps.device_caps : caps.capabilities;
    const bool planes = (can & V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0;
    if (!planes && (can & V4L2_CAP_VIDEO_CAPTURE) == 0) return fail(Errc::io, path + " is no camera");
    if ((can & V4L2_CAP_STREAMING) == 0)
        return fail(Errc::io, path + " (" + text_of(caps.driver) + ") cannot stream");
    return V4l2Node(std::move(*fd), path, text_of(caps.card), planes);
}

unsigned V4l2Node::type() const noexcept {
    return planes_ ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

std::vector<FormatOffer> V4l2Node::offers() const {
    std::vector<FormatOffer> offers;
    for (unsigned index = 0; index < most_entries; ++index) {
        v4l2_fmtdesc format{};
        format.index = index;
        format.type = type();
        if (control(fd_.get(), VIDIOC_ENUM_FMT, &format) != 0) break;
        offers.push_back({fourcc_text(format.pixelformat), sizes(format.pixelformat)});
    }
    return offers;
}

std::vector<SizeOffer> V4l2Node::sizes(unsigned pixel_format) const {
    std::vector<SizeOffer> found;
    for (unsigned index = 0; index < most_entries; ++index) {
        v4l2_frmsizeenum size{};
        size.index = index;
        size.pixel_format = pixel_format;
        if (control(fd_.get(), VIDIOC_ENUM_FRAMESIZES, &size) != 0) break;
        SizeOffer offer;
        if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            offer.width = offer.min_width = size.discrete.width;
            offer.height = offer.min_height = size.discrete.height;
        } else {
            offer = {size.stepwise.max_width,  size.stepwise.max_height, size.stepwise.min_width,
                     size.stepwise.min_height, size.stepwise.step_width, size.stepwise.step_height};
        }
        add_intervals(offer, pixel_format);
        found.push_back(std::move(offer));
        if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) break;
    }
    return found;
}

void V4l2Node::add_intervals(SizeOffer& size, unsigned pixel_format) const {
    for (unsigned index = 0; index < most_entries; ++index) {
        v4l2_frmivalenum interval{};
        interval.index = index;
        interval.pixel_format = pixel_format;
        interval.width = size.width;
        interval.height = size.height;
        if (control(fd_.get(), VIDIOC_ENUM_FRAMEINTERVALS, &interval) != 0) return;
        if (interval.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
            size.intervals.push_back(interval_of(interval.discrete));
            continue;
        }
        size.intervals = {interval_of(interval.stepwise.min), interval_of(interval.stepwise.max)};
        size.any_between = true;
        return;
    }
}

Result<V4l2Node::Format> V4l2Node::set(const Choice& choice, unsigned width, unsigned height) {
    v4l2_format format{};
    format.type = type();
    const unsigned code = fourcc_of(choice.fourcc);
    auto& one = format.fmt.pix;
    auto& many = format.fmt.pix_mp;
    if (planes_) {
        many.width = width, many.height = height, many.pixelformat = code, many.field = V4L2_FIELD_ANY;
        many.num_planes = 1;
    } else {
        one.width = width, one.height = height, one.pixelformat = code, one.field = V4L2_FIELD_ANY;
    }
    if (const int error = control(fd_.get(), VIDIOC_S_FMT, &format); error != 0)
        return os_error(path_, error);
    Format now;
    now.width = planes_ ? many.width : one.width;
    now.height = planes_ ? many.height : one.height;
    now.stride = planes_ ? many.plane_fmt[0].bytesperline : one.bytesperline;
    now.picture_bytes = planes_ ? many.plane_fmt[0].sizeimage : one.sizeimage;
    const unsigned got = planes_ ? many.pixelformat : one.pixelformat;
    if (got != code || now.width != width || now.height != height || (planes_ && many.num_planes != 1))
        return fail(Errc::io, "board.camera.width, board.camera.height: " + path_ + " makes " +
                                  std::to_string(now.width) + "x" + std::to_string(now.height) + " " +
                                  fourcc_text(got) + " of " + std::to_string(width) + "x" +
                                  std::to_string(height) + " " + choice.fourcc);
    now.interval = set_interval(choice.interval);
    return now;
}

Interval V4l2Node::set_interval(Interval wanted) {
    v4l2_streamparm parm{};
    parm.type = type();
    parm.parm.capture.timeperframe = {wanted.numerator, wanted.denominator};
    const auto& given = parm.parm.capture.timeperframe;
    if (control(fd_.get(), VIDIOC_S_PARM, &parm) != 0 || given.numerator == 0 || given.denominator == 0)
        return wanted;
    return interval_of(given);
}

bool V4l2Node::set_control(unsigned id, int value) {
    v4l2_ext_control setting{};
    setting.id = id;
    setting.value = value;
    v4l2_ext_controls all{};
    all.which = V4L2_CTRL_WHICH_CUR_VAL;
    all.count = 1;
    all.controls = &setting;
    return control(fd_.get(), VIDIOC_S_EXT_CTRLS, &all) == 0;
}

std::vector<std::string> video_nodes() {
    std::vector<std::pair<unsigned long, std::string>> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/dev", none)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with("video") || name.size() == 5 ||
            name.find_first_not_of("0123456789", 5) != name.npos)
            continue;
        found.emplace_back(std::strtoul(name.c_str() + 5, nullptr, 10), entry.path());
    }
    std::ranges::sort(found);
    std::vector<std::string> nodes;
    for (auto& [number, path] : found) nodes.push_back(std::move(path));
    return nodes;
}

}  // namespace voip::hal::linux
