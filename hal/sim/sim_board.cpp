#include "hal/sim/sim_board.hpp"

#include "core/file.hpp"
#include "core/manual_timers.hpp"
#include "hal/sim/simulation.hpp"

namespace voip::hal::sim {
namespace {

class SimButton final : public Button {
 public:
    SimButton(std::shared_ptr<Simulation> simulation, ButtonState& state)
        : simulation_(std::move(simulation)), state_(state) {}
    ~SimButton() override {
        state_.on_press = nullptr;
        state_.on_health = nullptr;
    }
    const std::string& name() const noexcept override { return state_.button; }
    void on_press(std::function<void(Press)> handler) override { state_.on_press = std::move(handler); }
    void on_health(OnHealth handler) override { state_.on_health = std::move(handler); }

 private:
    std::shared_ptr<Simulation> simulation_;
    ButtonState& state_;  // lives in the simulation
};

class SimLamp final : public Lamp {
 public:
    explicit SimLamp(std::shared_ptr<Simulation> simulation) : simulation_(std::move(simulation)) {}
    ~SimLamp() override { simulation_->lamp().on_health = nullptr; }
    Result<void> show(LampState state) override { return simulation_->show(state); }
    void on_health(OnHealth handler) override { simulation_->lamp().on_health = std::move(handler); }

 private:
    std::shared_ptr<Simulation> simulation_;
};

class SimRelay final : public Relay {
 public:
    SimRelay(std::shared_ptr<Simulation> simulation, RelayState& state)
        : simulation_(std::move(simulation)), state_(state) {}
    ~SimRelay() override {
        simulation_->release(state_);
        state_.on_health = nullptr;
    }
    const std::string& name() const noexcept override { return state_.relay; }
    Result<Duration> pulse(Duration length) override { return simulation_->pulse(state_, length); }
    bool active() const noexcept override { return state_.alarm != 0; }
    void on_health(OnHealth handler) override { state_.on_health = std::move(handler); }

 private:
    std::shared_ptr<Simulation> simulation_;
    RelayState& state_;  // lives in the simulation
};

class SimRinger final : public Ringer {
 public:
    explicit SimRinger(std::shared_ptr<Simulation> simulation) : simulation_(std::move(simulation)) {}
    ~SimRinger() override { simulation_->ringer().on_health = nullptr; }
    Result<void> play(Tone tone) override { return simulation_->play(tone); }
    void on_health(OnHealth handler) override { simulation_->ringer().on_health = std::move(handler); }

 private:
    std::shared_ptr<Simulation> simulation_;
};

Result<Script> read_script(const std::string& path, const ScriptTargets& targets) {
    const auto text = read_file(path, max_script_bytes);
    if (!text) return fail(Errc::bad_config, "board.sim.script: " + text.error().text());
    auto script = parse_script(*text, targets);
    if (!script) return within("board.sim.script", script.error());
    return script;
}

}  // namespace

std::vector<std::string> check_sim(const BoardSettings& settings) {
    ManualTimers timers;  // the script is read and does not run
    const auto opened = open_sim({}, timers, settings);
    return opened ? std::vector<std::string>() : std::vector<std::string>{opened.error().context};
}

Result<Board> open_sim(asio::any_io_executor, Timers& timers, const BoardSettings& settings) {
    const auto simulation = std::make_shared<Simulation>(timers, settings);
    if (!settings.sim_script.empty()) {
        auto script = read_script(settings.sim_script, simulation->targets());
        if (!script) return script.error();
        simulation->play(*std::move(script));
    }
    Board board;
    board.driver = "sim";
    for (std::size_t i = 0; i < settings.buttons.size(); ++i)
        board.buttons.push_back(std::make_unique<SimButton>(simulation, simulation->button(i)));
    if (settings.lamp) board.lamp = std::make_unique<SimLamp>(simulation);
    for (std::size_t i = 0; i < settings.relays.size(); ++i)
        board.relays.push_back(std::make_unique<SimRelay>(simulation, simulation->relay(i)));
    if (settings.ringer) board.ringer = std::make_unique<SimRinger>(simulation);
    board.sim = simulation;
    return board;
}

}  // namespace voip::hal::sim
