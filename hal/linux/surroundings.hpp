#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "hal/linux/node_watch.hpp"

namespace voip::hal::linux {

/// What all drivers of a board share. The timers must outlive the board.
struct Surroundings {
    asio::any_io_executor executor;
    Timers& timers;
    std::shared_ptr<NodeWatch> watch;
    Log log;
};

}  // namespace voip::hal::linux
