#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "daemon/media/program/transport.hpp"

namespace voip::media::gst {

/// The only way from GStreamer's threads to the loop. Kept alive by everything that may still call it.
class Outlet : public std::enable_shared_from_this<Outlet> {
 public:
    Outlet(boost::asio::any_io_executor executor, MediaTransport::Handlers told)
        : handlers(std::move(told)), executor_(std::move(executor)) {}

    /// Runs `action(handlers)` from the loop, unless closed by then. @thread any
    template <class Action>
    void post(Action action) {
        boost::asio::post(executor_, [self = shared_from_this(), action = std::move(action)]() mutable {
            if (self->open_) action(self->handlers);
        });
    }
    /// The same for a stream of things that may come faster than the loop takes them: beyond `max_waiting`
    /// they are dropped. @thread any
    template <class Action>
    void post_bounded(Action action) {
        if (waiting_.fetch_add(1) >= max_waiting) {
            waiting_.fetch_sub(1);
            return;
        }
        post_always([self = shared_from_this(), action = std::move(action)]() mutable {
            self->waiting_.fetch_sub(1);
            if (self->open_) action(self->handlers);
        });
    }
    /// Runs whether open or not. @thread any
    template <class Action>
    void post_always(Action action) {
        boost::asio::post(executor_, std::move(action));
    }

    /// @thread loop
    void close() noexcept { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }

    MediaTransport::Handlers handlers;  ///< loop only

 private:
    static constexpr int max_waiting = 100;  // two seconds of sound

    boost::asio::any_io_executor executor_;
    bool open_ = true;  // loop only
    std::atomic<int> waiting_{0};
};

}  // namespace voip::media::gst
