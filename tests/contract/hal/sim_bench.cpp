#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "hal/sim/sim_control.hpp"
#include "tests/contract/hal/bench.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::test {
namespace {

class SimBench final : public Bench {
 public:
    SimBench() {
        const BoardSettings settings{.buttons = {{"a"}, {"b", 500ms}},
                                     .relays = {{"door", 5s}, {"gate", 500ms}}};
        auto opened = open_board("sim", io_.get_executor(), timers_, settings);
        REQUIRE(opened);
        board_ = std::make_unique<Board>(*std::move(opened));
        sim_ = board_->sim;
    }
    Board& board() override { return *board_; }
    void pass(Duration length) override { timers_.advance(length); }
    void finger(std::string_view button, bool down) override { REQUIRE(sim_->hold(button, down)); }
    void unplug(std::string_view device) override { REQUIRE(sim_->vanish(device)); }
    void plug_in(std::string_view device) override { REQUIRE(sim_->come_back(device)); }
    bool fail_next(std::string_view device) override {
        REQUIRE(sim_->fail_next(device, Errc::io));
        return true;
    }
    void heal(std::string_view) override {}  // one failure was asked for
    bool has(std::string_view) const override { return true; }
    Duration slack() const override { return 0ms; }

    LampState lamp() override {
        LampState state = LampState::off;
        for (const auto& record : sim_->records())
            if (const auto* shown = std::get_if<sim::LampShown>(&record.output)) state = shown->state;
        return state;
    }
    Tone tone() override {
        Tone tone = Tone::none;
        for (const auto& record : sim_->records())
            if (const auto* played = std::get_if<sim::TonePlayed>(&record.output)) tone = played->tone;
        return tone;
    }
    bool closed(std::string_view relay) override {
        bool closed = false;
        for (const auto& record : sim_->records()) {
            if (const auto* on = std::get_if<sim::RelayClosed>(&record.output); on && on->relay == relay)
                closed = true;
            if (const auto* off = std::get_if<sim::RelayOpened>(&record.output); off && off->relay == relay)
                closed = false;
        }
        return closed;
    }
    void destroy_board() override { board_.reset(); }

 private:
    asio::io_context io_;
    ManualTimers timers_;
    std::unique_ptr<Board> board_;
    std::shared_ptr<sim::SimControl> sim_;
};

}  // namespace

std::vector<BenchMaker> benches() {
    return {{"sim", [] { return std::make_unique<SimBench>(); }}};
}

}  // namespace voip::hal::test
