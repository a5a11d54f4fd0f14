#include "daemon/demo.hpp"
// In place of demo.cpp where the service is left out (WMPF_DEMO=OFF): what a device gets.
namespace voip::service {
class Service {};
}  // namespace voip::service

namespace voip::daemon {

Demo::Demo(asio::any_io_executor executor, Timers& timers, const LogHub& hub, std::filesystem::path state_dir,
           std::string listen)
    : executor_(std::move(executor)),
      timers_(timers),
      hub_(hub),
      state_dir_(std::move(state_dir)),
      listen_(std::move(listen)) {}

Demo::~Demo() = default;

asio::awaitable<Result<void>> Demo::start(config::Config&) {
    co_return fail(Errc::bad_config, "--demo: this build has no service in it (WMPF_DEMO=OFF)");
}

asio::awaitable<Result<void>> Demo::provision(config::Device, control::DevicePort&, control::ContactsPort&) {
    co_return fail(Errc::wrong_state, "no demo");
}

asio::awaitable<void> Demo::stop() {
    co_return;
}

std::string Demo::guide(const config::Config&, const std::filesystem::path&, bool) const {
    return {};
}

}  // namespace voip::daemon
