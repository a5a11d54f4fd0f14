#include "daemon/start_faults.hpp"

#include "daemon/wiring.hpp"
#include "hal/boards.hpp"
#include "protocol/transport/tls_context.hpp"

namespace voip::daemon {

std::vector<std::string> start_faults(const config::Config& config, bool demo) {
    std::vector<std::string> faults = hal::check_board(config.board.driver, board_settings(config.board, {}));
    if (demo || config.call.engine != config::Engine::service) return faults;
    const auto tls = transport::TlsClientContext::make({config.service.ca, [] { return UnixMillis{0}; }});
    if (!tls) faults.push_back("service.ca: " + tls.error().context);
    return faults;
}

}  // namespace voip::daemon
