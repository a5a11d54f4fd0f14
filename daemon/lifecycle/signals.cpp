#include "daemon/lifecycle/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace voip::lifecycle {

struct Signals::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, SignalHandlers given)
        : set(executor), handlers(std::move(given)) {}

    void wait() {
        set.async_wait([self = shared_from_this()](boost::system::error_code ec, int number) {
            if (ec || self->closed) return;
            self->take(number);
            if (!self->closed) self->wait();
        });
    }

    void take(int number) {
        if (number == SIGHUP) {
            if (handlers.reload) handlers.reload();
        } else if (!stopping) {
            stopping = true;
            if (handlers.stop) handlers.stop(number == SIGTERM ? "TERM" : "INT");
        } else if (number == SIGINT) {
            if (handlers.stop_now) handlers.stop_now();
        }
    }

    asio::signal_set set;
    SignalHandlers handlers;
    bool stopping = false;
    bool closed = true;
};

Signals::Signals(const asio::any_io_executor& executor, SignalHandlers handlers)
    : state_(std::make_shared<State>(executor, std::move(handlers))) {}

Signals::~Signals() {
    close();
}

Result<void> Signals::open() {
    if (!state_->closed) return {};
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        boost::system::error_code ec;
        state_->set.add(number, ec);
        if (ec) return fail(Errc::io, "signal " + std::to_string(number) + ": " + ec.message());
    }
    std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error of the write, not our end
    state_->closed = false;
    state_->wait();
    return {};
}

void Signals::close() noexcept {
    state_->closed = true;
    boost::system::error_code ec;
    state_->set.clear(ec);
    state_->set.cancel(ec);  // a failure leaves the pending wait, which hears nothing any more
}

}  // namespace voip::lifecycle
