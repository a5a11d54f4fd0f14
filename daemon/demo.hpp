#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/control/ports.hpp"

namespace voip::service {
class Service;
}

namespace voip::daemon {

namespace asio = boost::asio;

/// `--demo`: the service in the daemon's process and loop, a device that registers by itself, and the users
/// `reception` and `security` who consented to be called. A build with WMPF_DEMO=OFF (no_demo.cpp) leaves the
/// service out and says so from start().
/// @thread loop only. co_await stop() before destroying it.
class Demo {
 public:
    /// @param state_dir  of the service
    /// @param listen  HOST:PORT from the command line; empty: 127.0.0.1:8443, or a free port when that is
    /// taken
    Demo(asio::any_io_executor executor, Timers& timers, const LogHub& hub, std::filesystem::path state_dir,
         std::string listen);
    ~Demo();

    /// Starts the service and completes the configuration: its URL and CA, and where nothing else was
    /// configured the device, the simulated board, a button `call` and a relay `door`. @errors of
    /// Service::start()
    asio::awaitable<Result<void>> start(config::Config& config);
    /// Makes product, users and consent where they are missing, registers the device, sets the contacts.
    asio::awaitable<Result<void>> provision(config::Device device, control::DevicePort& port,
                                            control::ContactsPort& contacts);
    asio::awaitable<void> stop();

    /// What a person at the terminal may do next; `media`: calls have sound and picture. Where the service
    /// listens beyond this machine it shows the link as a QR code, with a code to log in (ten minutes, once).
    [[nodiscard]] std::string guide(const config::Config& config, const std::filesystem::path& socket,
                                    bool media) const;

 private:
    asio::awaitable<Result<void>> start_service(std::string listen);
    [[nodiscard]] Result<std::string> user(const config::Device& device, const std::string& name);
    [[nodiscard]] Result<void> make_product(const config::Device& device);
    [[nodiscard]] std::string lan_guide(const config::Device& device) const;

    asio::any_io_executor executor_;
    Timers& timers_;
    const LogHub& hub_;
    std::filesystem::path state_dir_;
    std::string listen_;
    std::string lan_host_;  // how other machines reach the service; empty: they do not
    std::unique_ptr<service::Service> service_;
};

}  // namespace voip::daemon
