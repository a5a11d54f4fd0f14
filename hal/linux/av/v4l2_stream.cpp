#include <linux/videodev2.h>
#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "hal/linux/av/v4l2.hpp"
#include "hal/linux/av/worker.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

constexpr unsigned wanted_buffers = 4;  // one is filled, one waits, two are being encoded

/// A buffer's description for the kernel, with its only plane where the interface has planes.
struct Description {
    Description(unsigned type, unsigned index) {
        buffer.type = type;
        buffer.memory = V4L2_MEMORY_MMAP;
        buffer.index = index;
        if (type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE) {
            buffer.m.planes = &plane;
            buffer.length = 1;
        }
    }
    Description(const Description&) = delete;
    Description& operator=(const Description&) = delete;
    [[nodiscard]] bool planes() const { return buffer.type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE; }
    [[nodiscard]] std::size_t length() const { return planes() ? plane.length : buffer.length; }
    [[nodiscard]] std::size_t used() const { return planes() ? plane.bytesused : buffer.bytesused; }
    [[nodiscard]] std::size_t begin() const { return planes() ? plane.data_offset : 0; }
    [[nodiscard]] off_t place() const {
        return static_cast<off_t>(planes() ? plane.m.mem_offset : buffer.m.offset);
    }

    v4l2_buffer buffer{};
    v4l2_plane plane{};
};

TimePoint time_of(const v4l2_buffer& buffer) {
    const TimePoint now = thread_now();
    if ((buffer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) return now;
    const TimePoint stamped(std::chrono::seconds(buffer.timestamp.tv_sec) +
                            std::chrono::microseconds(buffer.timestamp.tv_usec));
    return now - stamped > 1s ? now : std::min(stamped, now);  // a driver that stamps by another clock
}

}  // namespace

Result<std::shared_ptr<V4l2Stream>> V4l2Stream::start(std::unique_ptr<V4l2Node> node) {
    const std::shared_ptr<V4l2Stream> stream(new V4l2Stream(std::move(node)));
    if (auto mapped = stream->map(); !mapped) return mapped.error();
    if (auto begun = stream->begin(); !begun) return begun.error();
    return stream;
}

V4l2Stream::~V4l2Stream() {
    end();
    for (const Buffer& buffer : buffers_) ::munmap(buffer.memory, buffer.length);
    node_.reset();
    if (closed_) closed_();
}

Error V4l2Stream::failed(int number) const {
    return os_error(node_->path(), number);
}

Result<void> V4l2Stream::map() {
    v4l2_requestbuffers request{};
    request.count = wanted_buffers;
    request.type = node_->type();
    request.memory = V4L2_MEMORY_MMAP;
    const int fd = node_->fd_.get();
    if (const int error = control(fd, VIDIOC_REQBUFS, &request); error != 0) return failed(error);
    for (unsigned i = 0; i < request.count; ++i) {
        Description described(request.type, i);
        if (const int error = control(fd, VIDIOC_QUERYBUF, &described.buffer); error != 0)
            return failed(error);
        void* const memory =
            ::mmap(nullptr, described.length(), PROT_READ, MAP_SHARED, fd, described.place());
        if (memory == MAP_FAILED) return failed(errno);
        buffers_.push_back({memory, described.length(), false});
    }
    return {};
}

Result<void> V4l2Stream::begin() {
    const std::lock_guard lock(mutex_);
    for (unsigned i = 0; i < buffers_.size(); ++i) {
        if (buffers_[i].lent) continue;
        Description described(node_->type(), i);
        if (const int error = control(node_->fd_.get(), VIDIOC_QBUF, &described.buffer); error != 0)
            return failed(error);
    }
    int type = static_cast<int>(node_->type());
    if (const int error = control(node_->fd_.get(), VIDIOC_STREAMON, &type); error != 0) return failed(error);
    running_ = true;
    return {};
}

void V4l2Stream::end() {
    const std::lock_guard lock(mutex_);
    if (!running_) return;
    running_ = false;
    int type = static_cast<int>(node_->type());
    (void)control(node_->fd_.get(), VIDIOC_STREAMOFF, &type);
}

Result<void> V4l2Stream::restart(Interval interval) {
    end();
    node_->set_interval(interval);
    return begin();
}

bool V4l2Stream::wait(int wake_fd, Duration longest) const {
    pollfd fds[2] = {{node_->fd_.get(), POLLIN, 0}, {wake_fd, POLLIN, 0}};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    return ::poll(fds, 2, static_cast<int>(ms)) > 0 && fds[0].revents != 0;
}

Result<std::optional<V4l2Frame>> V4l2Stream::frame() {
    Description described(node_->type(), 0);
    const int error = control(node_->fd_.get(), VIDIOC_DQBUF, &described.buffer);
    if (error == EAGAIN) return std::optional<V4l2Frame>();
    if (error != 0) return failed(error);
    const unsigned index = described.buffer.index;
    if (index >= buffers_.size()) return fail(Errc::io, node_->path() + ": no such buffer");
    Buffer& buffer = buffers_[index];
    {
        const std::lock_guard lock(mutex_);
        buffer.lent = true;
    }
    // Its end gives the buffer back, wherever and whenever that is.
    const std::shared_ptr<const void> owner(
        buffer.memory, [self = shared_from_this(), index](const void*) { self->give_back(index); });
    const std::size_t begin = std::min(described.begin(), buffer.length);
    const std::size_t used = std::min(described.used(), buffer.length);
    if ((described.buffer.flags & V4L2_BUF_FLAG_ERROR) != 0 || used <= begin)
        return std::optional<V4l2Frame>();
    const auto* const bytes = static_cast<const std::byte*>(buffer.memory);
    return std::optional<V4l2Frame>(
        V4l2Frame{owner, std::span(bytes + begin, used - begin), time_of(described.buffer)});
}

void V4l2Stream::give_back(unsigned index) {
    const std::lock_guard lock(mutex_);
    buffers_[index].lent = false;
    if (!running_) return;
    Description described(node_->type(), index);
    (void)control(node_->fd_.get(), VIDIOC_QBUF,
                  &described.buffer);  // a camera that is gone says so elsewhere
}

}  // namespace voip::hal::linux
