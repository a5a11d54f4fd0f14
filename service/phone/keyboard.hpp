#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

namespace voip::phone {

namespace asio = boost::asio;

/// Single keys of a terminal (none when stdin is no terminal), and TERM or INT as the wish to stop.
/// The terminal is as before after close(). @thread loop only
class Keyboard {
 public:
    Keyboard(const asio::any_io_executor& executor, std::function<void(char)> on_key,
             std::function<void()> on_stop);
    ~Keyboard();
    Keyboard(const Keyboard&) = delete;
    Keyboard& operator=(const Keyboard&) = delete;
    void close() noexcept;

 private:
    struct State;
    std::shared_ptr<State> state_;  // shared with pending handlers
};

}  // namespace voip::phone
