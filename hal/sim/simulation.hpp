#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "hal/boards.hpp"
#include "hal/press_detector.hpp"
#include "hal/sim/device.hpp"
#include "hal/sim/script.hpp"
#include "hal/sim/sim_control.hpp"

namespace voip::hal::sim {

struct ButtonState : Device {
    std::string button;
    PressDetector detector;
    Timers::Id alarm = 0;
    std::function<void(Press)> on_press = {};
};

struct RelayState : Device {
    std::string relay;
    Duration max{};
    Timers::Id alarm = 0;  ///< not 0: active
};

/// The state of one simulated board, shared by its devices and its control. Everything happens in alarms of
/// the timers.
class Simulation final : public SimControl, public std::enable_shared_from_this<Simulation> {
 public:
    Simulation(Timers& timers, const BoardSettings& settings);
    ~Simulation() override;
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Starts the script's clock.
    void play(Script script);
    [[nodiscard]] ScriptTargets targets() const;

    Result<void> press(std::string_view button, Press kind) override;
    Result<void> hold(std::string_view button, bool down) override;
    Result<void> fail_next(std::string_view device, Errc error) override;
    Result<void> vanish(std::string_view device) override;
    Result<void> come_back(std::string_view device) override;
    [[nodiscard]] const std::deque<Record>& records() const noexcept override { return records_; }
    void forget_records() noexcept override { records_.clear(); }
    [[nodiscard]] std::vector<std::string> devices() const override;

    // For the devices (sim_board.cpp).
    Result<void> show(LampState state);
    Result<void> play(Tone tone);
    Result<Duration> pulse(RelayState& relay, Duration length);
    void release(RelayState& relay);
    [[nodiscard]] ButtonState& button(std::size_t index) { return *buttons_[index]; }
    [[nodiscard]] RelayState& relay(std::size_t index) { return *relays_[index]; }
    [[nodiscard]] Device& lamp() { return *lamp_; }
    [[nodiscard]] Device& ringer() { return *ringer_; }

 private:
    struct Found {
        Device* device = nullptr;  // null: no such device
        ButtonState* button = nullptr;
        RelayState* relay = nullptr;
    };
    [[nodiscard]] Result<void> attempt(Device& device);
    [[nodiscard]] Found find_device(std::string_view name);
    [[nodiscard]] ButtonState* find_button(std::string_view name);
    void record(Output output);
    void post(std::function<void()> event);
    void run_posted();
    void deliver(ButtonState& button, Press kind);
    void tell_health(Device& device, Result<void> health);
    void apply(ButtonState& button, const PressDetector::Outcome& outcome);
    void arm(ButtonState& button);
    void arm_script();
    void run_script();
    void perform(const Step& step);

    Timers& timers_;
    Log log_;
    std::vector<std::unique_ptr<ButtonState>> buttons_;
    std::vector<std::unique_ptr<RelayState>> relays_;
    std::optional<Device> lamp_, ringer_;
    std::deque<Record> records_;
    std::deque<std::function<void()>> posted_;
    Timers::Id posted_alarm_ = 0;
    Script script_;
    std::size_t next_step_ = 0;
    TimePoint round_began_;
    Timers::Id script_alarm_ = 0;
};

}  // namespace voip::hal::sim
