#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "core/log.hpp"
#include "daemon/lifecycle/environment.hpp"
#include "daemon/lifecycle/options.hpp"

namespace voip::daemon {

namespace asio = boost::asio;

/// Exit codes of the daemon. @source the operator's contract, daemon/README.md
namespace exit_code {
inline constexpr int stopped = 0, failure = 1, usage = 2, configuration = 78;
}

/// The daemon: makes every part in dependency order, connects them, starts and stops them.
/// @thread loop only
class App {
 public:
    struct Setup {
        lifecycle::Options options;
        config::Config config;    ///< loaded and judged; the demo completes it
        std::string config_file;  ///< for reload; empty: there is none
        lifecycle::Environment environment;
    };
    App(asio::any_io_executor executor, LogHub& hub, Setup setup);
    ~App();

    /// Starts, runs until request_stop() or a part crashed, stops; the loop is then empty. Returns the exit
    /// code.
    asio::awaitable<int> run();
    /// Signals do this; `why` goes to the log.
    void request_stop(std::string_view why);
    void request_reload();

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace voip::daemon
