#include "hal/linux/readable.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace voip::hal::linux {

struct Readable::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, int fd, std::function<void()> action)
        : descriptor(executor, fd), ready(std::move(action)) {}

    void wait() {
        descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                              [self = shared_from_this()](boost::system::error_code ec) {
                                  if (ec || self->ended) return;
                                  self->ready();
                                  if (!self->ended) self->wait();
                              });
    }

    asio::posix::stream_descriptor descriptor;
    std::function<void()> ready;
    bool ended = false;
};

Readable::Readable(asio::any_io_executor executor, int fd, std::function<void()> ready)
    : state_(std::make_shared<State>(executor, fd, std::move(ready))) {
    state_->wait();
}

Readable::~Readable() {
    state_->ended = true;
    (void)state_->descriptor.release();  // cancels the wait; the owner closes it
}

}  // namespace voip::hal::linux
