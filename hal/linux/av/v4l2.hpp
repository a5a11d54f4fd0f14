#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "hal/linux/av/offers.hpp"
#include "hal/linux/fd.hpp"

/// Video4Linux capture: what a camera's node can do, and its buffers. @source linux/videodev2.h
namespace voip::hal::linux {

/// A camera's node that is open. @thread one at a time
class V4l2Node {
 public:
    /// @errors device_gone, refused, io (not a camera)
    [[nodiscard]] static Result<V4l2Node> open(const std::string& path);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// What it calls itself: "Integrated Camera".
    [[nodiscard]] const std::string& card() const noexcept { return card_; }
    [[nodiscard]] std::vector<FormatOffer> offers() const;

    /// What the camera really does now. @errors io (busy, or it does something else than it offered)
    struct Format {
        unsigned width = 0, height = 0, stride = 0;
        std::size_t picture_bytes = 0;
        Interval interval = {};
    };
    [[nodiscard]] Result<Format> set(const Choice& choice, unsigned width, unsigned height);
    /// What the camera makes of the wish; the wish where it does not say.
    Interval set_interval(Interval wanted);
    /// False: the camera has no such control, or does not take the value.
    bool set_control(unsigned control, int value);

 private:
    friend class V4l2Stream;
    V4l2Node(Fd fd, std::string path, std::string card, bool planes)
        : fd_(std::move(fd)), path_(std::move(path)), card_(std::move(card)), planes_(planes) {}
    [[nodiscard]] unsigned type() const noexcept;
    [[nodiscard]] std::vector<SizeOffer> sizes(unsigned pixel_format) const;
    void add_intervals(SizeOffer& size, unsigned pixel_format) const;

    Fd fd_;
    std::string path_, card_;
    bool planes_;  // the interface of several planes, of which one is used
};

/// A picture in the camera's own memory, which it gets back when the last owner is gone.
struct V4l2Frame {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
    TimePoint captured;
};

/// The buffers of a camera that runs, mapped. Ended and gone are two things: frames that are still held keep
/// the memory and the node open.
class V4l2Stream : public std::enable_shared_from_this<V4l2Stream> {
 public:
    /// @errors device_gone, io (busy)
    [[nodiscard]] static Result<std::shared_ptr<V4l2Stream>> start(std::unique_ptr<V4l2Node> node);
    ~V4l2Stream();
    V4l2Stream(const V4l2Stream&) = delete;
    V4l2Stream& operator=(const V4l2Stream&) = delete;

    /// Waits for a picture. @param wake_fd  ends the wait. @return whether frame() has something to say
    [[nodiscard]] bool wait(int wake_fd, Duration longest) const;
    /// The oldest picture; none: there is none yet, or it was damaged. @errors device_gone, io
    [[nodiscard]] Result<std::optional<V4l2Frame>> frame();
    /// Stops and starts, so that the camera takes another rate and begins with a key picture.
    [[nodiscard]] Result<void> restart(Interval interval);
    void end();
    [[nodiscard]] V4l2Node& node() noexcept { return *node_; }
    /// Called once when the node is closed, from the thread of the last owner.
    void on_closed(std::function<void()> closed) { closed_ = std::move(closed); }

 private:
    struct Buffer {
        void* memory = nullptr;
        std::size_t length = 0;
        bool lent = false;
    };
    explicit V4l2Stream(std::unique_ptr<V4l2Node> node) : node_(std::move(node)) {}
    [[nodiscard]] Result<void> map();
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Error failed(int number) const;
    void give_back(unsigned index);

    std::unique_ptr<V4l2Node> node_;
    std::vector<Buffer> buffers_;
    std::mutex mutex_;  // frames come back on any thread
    bool running_ = false;
    std::function<void()> closed_;
};

/// The nodes of this machine, in the order of their numbers: "/dev/video0".
[[nodiscard]] std::vector<std::string> video_nodes();

}  // namespace voip::hal::linux
