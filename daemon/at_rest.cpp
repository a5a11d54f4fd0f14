#include "daemon/at_rest.hpp"

#include <boost/asio/io_context.hpp>

#include "core/timers.hpp"
#include "daemon/app.hpp"
#include "daemon/wiring.hpp"
#include "hal/boards.hpp"

namespace voip::daemon {

// A driver takes its outputs at rest, and leaves them so: it is enough to open the board. The loop does not
// run.
int put_at_rest(const config::Board& board, const LogHub& hub) {
    boost::asio::io_context loop;
    SystemTimers timers(loop.get_executor());
    const Log log(hub, "board");
    hal::BoardSettings settings = board_settings(board, log);
    settings.buttons.clear();
    settings.ringer = false;
    settings.sim_script.clear();
    const auto opened = hal::open_board(board.driver, loop.get_executor(), timers, settings);
    if (opened) return exit_code::stopped;
    log.err("board not put at rest", kv("why", opened.error().text()));
    return exit_code::configuration;
}

}  // namespace voip::daemon
