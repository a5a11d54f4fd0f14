#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "core/error.hpp"

namespace voip::lifecycle {

namespace asio = boost::asio;

/// What signals mean. Called from the loop; an empty handler ignores the signal (which is caught all the
/// same).
struct SignalHandlers {
    std::function<void(std::string_view signal)> stop;  ///< the first TERM or INT
    std::function<void()> stop_now;                     ///< an INT after `stop`: somebody is impatient
    std::function<void()> reload;                       ///< HUP
};

/// Catches TERM, INT and HUP until closed, and ignores PIPE.
/// @thread loop only. While open it keeps the loop alive: close() is part of the shutdown.
class Signals {
 public:
    Signals(const asio::any_io_executor& executor, SignalHandlers handlers);
    ~Signals();  ///< closes
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// @errors io: the system refused (another signal_set with other flags)
    [[nodiscard]] Result<void> open();
    void close() noexcept;

 private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the pending wait, which may end after us
};

}  // namespace voip::lifecycle
