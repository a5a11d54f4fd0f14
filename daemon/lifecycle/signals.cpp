#include "daemon/lifecycle/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace voip::lifecycle {

struct Signals::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, SignalHandlers given)
        : signals(executor), handlers(std::move(given)) {}

    void wait() {
        signals.async_wait([self = shared_from_this()](boost::system::error_code ec, int number) {
            if (ec || self->closed) return;
            self->caught(number);
            if (!self->closed) self->wait();
        });
    }

    void caught(int number) {
        if (number == SIGHUP) {
            if (handlers.reload) handlers.reload();
        } else if (stopping && number == SIGINT) {
            if (handlers.stop_now) handlers.stop_now();
        } else if (!stopping) {
            stopping = true;
            if (handlers.stop) handlers.stop(number == SIGINT ? "INT" : "TERM");
        }
    }

    asio::signal_set signals;
    SignalHandlers handlers;
    bool stopping = false;
    bool closed = false;
};

Signals::Signals(const asio::any_io_executor& executor, SignalHandlers handlers)
    : state_(std::make_shared<State>(executor, std::move(handlers))) {}

Signals::~Signals() { close(); }

Result<void> Signals::open() {
    ::signal(SIGPIPE, SIG_IGN);   // a peer that went away is an error value
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        boost::system::error_code ec;
        state_->signals.add(number, ec);
        if (ec) return fail(Errc::io, "signal " + std::to_string(number) + ": " + ec.message());
    }
    state_->wait();
    return {};
}

void Signals::close() noexcept {
    state_->closed = true;
    boost::system::error_code ignored;
    state_->signals.cancel(ignored);
    state_->signals.clear(ignored);
}

}  // namespace voip::lifecycle
