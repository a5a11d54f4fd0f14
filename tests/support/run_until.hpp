#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "core/clock.hpp"

namespace voip::test {

/// Runs a loop in real time until it is so, 5 s at most: for what other threads or the kernel bring about.
/// @return whether it is
inline bool run_until(boost::asio::io_context& io, const std::function<bool()>& so) {
    const auto guard = boost::asio::make_work_guard(io);
    const TimePoint end = Clock::now() + 5s;
    io.restart();
    while (!so() && Clock::now() < end) io.run_one_for(10ms);
    return so();
}

}  // namespace voip::test
