#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "hal/linux/av/worker.hpp"
#include "tests/contract/hal/av_bench.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::test {

/// Devices of the driver "linux", whose time is real.
class RealAvBench : public AvBench {
 public:
    explicit RealAvBench(AvSettings settings) : settings_(std::move(settings)) {
        auto opened = open_av("linux", io_.get_executor(), timers_, settings_);
        REQUIRE(opened);
        devices_ = *std::move(opened);
    }
    ~RealAvBench() override {
        devices_ = {};
        CHECK(linux::Worker::wait_all_ended(5s));
    }
    AvDevices& devices() override { return devices_; }
    const AvSettings& settings() const override { return settings_; }
    bool encodes() const override { return true; }
    TimePoint now() override { return timers_.now(); }
    void pass(Duration length) override {
        const auto guard = boost::asio::make_work_guard(io_);
        io_.restart();
        io_.run_for(length);
    }
    /// Threads close their devices after stop() has returned: they are given 5 s.
    std::size_t pending() override {
        const std::size_t threads = linux::Worker::wait_all_ended(5s) ? 0 : 1;
        io_.restart();
        io_.poll();  // what was posted before the stop, and does nothing any more
        return threads + timers_.pending();
    }

 private:
    asio::io_context io_{1};
    SystemTimers timers_{io_.get_executor()};
    AvSettings settings_;
    AvDevices devices_;
};

}  // namespace voip::hal::test
