#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "core/command_line.hpp"
#include "service/phone/keyboard.hpp"
#include "service/phone/options.hpp"
#include "service/phone/phone.hpp"

namespace {

using namespace voip;

int run(const phone::Options& options, transport::TlsClientContext tls, const LogHub& hub) {
    boost::asio::io_context loop{1};
    SystemTimers timers(loop.get_executor());
    const auto print = [](const std::string& line) {
        std::cout << line << '\n' << std::flush;  // scripts wait for single lines
    };
    phone::Phone phone(loop.get_executor(), timers, std::move(tls), options.phone, print, Log(hub, "phone"));
    phone::Keyboard keyboard(
        loop.get_executor(), [&](char key) { phone.key(key); }, [&] { phone.quit(); });
    int code = 1;
    boost::asio::co_spawn(loop, phone.run(), [&](const std::exception_ptr& crash, int ended) {
        if (!crash) code = ended;
        keyboard.close();
    });
    loop.run();
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = phone::parse_options(arguments_of(argc, argv));
    if (!options) {
        std::cerr << "wmpf-voip-phone: " << options.error().context << "\nTry --help.\n";
        return 2;
    }
    if (options->help || options->version) {
        std::cout << (options->help ? phone::options_usage() : "wmpf-voip-phone " WMPF_VERSION "\n");
        return 0;
    }
    LogHub hub(stderr_sink());
    if (!hub.set_levels(options->log_levels)) {
        std::cerr << "wmpf-voip-phone: --log: expected a level, or AREA:LEVEL separated by commas\n";
        return 2;
    }
    auto tls = transport::TlsClientContext::make({options->ca, {}});
    if (!tls) {
        std::cerr << "wmpf-voip-phone: --ca: " << tls.error().text() << '\n';
        return 2;
    }
    return run(*options, std::move(*tls), hub);
}
