#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "hal/encode/encoder.hpp"
#include "hal/sim/av_control.hpp"
#include "tests/contract/hal/av_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

namespace voip::hal::test {
namespace {

class SimAvBench final : public AvBench {
 public:
    explicit SimAvBench(std::string file) {
        settings_.camera_settings = {
            .device = std::move(file), .width = 160, .height = 120, .fps = 15, .bitrate_kbps = 300};
        auto opened = open_av("sim", io_.get_executor(), timers_, settings_);
        REQUIRE(opened);
        devices_ = *std::move(opened);
        sim_ = devices_.sim;
    }
    AvDevices& devices() override { return devices_; }
    const AvSettings& settings() const override { return settings_; }
    bool encodes() const override { return settings_.camera_settings.device.empty(); }
    TimePoint now() override { return timers_.now(); }
    void pass(Duration length) override {
        // Pictures under way are the loop's work: it runs dry when they have come.
        timers_.advance(length, [this] {
            io_.restart();
            io_.run();
        });
    }
    void unplug(std::string_view device) override { REQUIRE(sim_->vanish(device)); }
    void plug_in(std::string_view device) override { REQUIRE(sim_->come_back(device)); }
    void block(std::string_view device, Errc how) override { REQUIRE(sim_->fail_next(device, how)); }
    void unblock(std::string_view) override {}  // one start was blocked
    std::size_t pending() override {
        io_.restart();
        return timers_.pending() + io_.poll();
    }

 private:
    asio::io_context io_{1};
    ManualTimers timers_;
    AvSettings settings_;
    AvDevices devices_;
    std::shared_ptr<sim::AvControl> sim_;
};

}  // namespace

std::vector<AvBenchMaker> av_benches() {
    const std::string file = voip::test::source_dir() + "/tests/data/h264/pattern.h264";
    std::vector<AvBenchMaker> makers{{"sim, file", [=] { return std::make_unique<SimAvBench>(file); }}};
    if (encode::prepare_encoder())
        makers.push_back({"sim, pattern", [] { return std::make_unique<SimAvBench>(""); }});
    else
        WARN("skipped: the simulated camera's pattern, there is no encoder");
    return makers;
}

}  // namespace voip::hal::test
