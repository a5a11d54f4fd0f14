#include "service/phone/keyboard.hpp"

#include <termios.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <optional>

namespace voip::phone {

struct Keyboard::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, std::function<void(char)> key_handler,
          std::function<void()> stop)
        : signals(executor, SIGTERM, SIGINT), on_key(std::move(key_handler)), on_stop(std::move(stop)) {
        if (::isatty(STDIN_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &before) != 0) return;
        termios raw = before;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        input.emplace(executor, ::dup(STDIN_FILENO));
    }

    void read() {
        if (!input) return;
        input->async_read_some(asio::buffer(&key, 1),
                               [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
                                   if (ec || self->closed) return;
                                   self->on_key(self->key);
                                   self->read();
                               });
    }
    void wait_for_signal() {
        signals.async_wait([self = shared_from_this()](boost::system::error_code ec, int) {
            if (ec || self->closed) return;
            self->on_stop();
            self->wait_for_signal();
        });
    }
    void close() noexcept {
        if (closed) return;
        closed = true;
        boost::system::error_code ignored;
        signals.cancel(ignored);
        if (!input) return;
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
        input->close(ignored);
    }

    asio::signal_set signals;
    std::optional<asio::posix::stream_descriptor> input;
    std::function<void(char)> on_key;
    std::function<void()> on_stop;
    termios before{};
    char key = 0;
    bool closed = false;
};

Keyboard::Keyboard(const asio::any_io_executor& executor, std::function<void(char)> on_key,
                   std::function<void()> on_stop)
    : state_(std::make_shared<State>(executor, std::move(on_key), std::move(on_stop))) {
    state_->read();
    state_->wait_for_signal();
}

Keyboard::~Keyboard() {
    close();
}

void Keyboard::close() noexcept {
    state_->close();
}

}  // namespace voip::phone
