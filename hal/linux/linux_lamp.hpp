#pragma once
#include <memory>

#include "hal/boards.hpp"
#include "hal/lamp.hpp"
#include "hal/linux/keeper.hpp"
#include "hal/linux/lamp_output.hpp"
#include "hal/linux/surroundings.hpp"

namespace voip::hal::linux {

/// A lamp over any output. Where the output does not blink by itself, the timers do.
class LinuxLamp final : public Lamp {
 public:
    LinuxLamp(Surroundings around, std::unique_ptr<LampOutput> output);
    ~LinuxLamp() override;  ///< leaves it dark
    LinuxLamp(const LinuxLamp&) = delete;
    LinuxLamp& operator=(const LinuxLamp&) = delete;

    Result<void> show(LampState state) override;
    void on_health(OnHealth handler) override { on_health_ = std::move(handler); }

 private:
    Result<void> open();
    void closed();
    Result<void> apply(LampState state);
    void wait_until_settled();
    void turn();
    void disarm();

    Surroundings around_;
    std::unique_ptr<LampOutput> output_;
    LampState shown_ = LampState::off;
    bool lit_ = false;
    Timers::Id alarm_ = 0;
    OnHealth on_health_;
    Keeper keeper_;
};

/// The lamp of the settings: an LED or a line.
[[nodiscard]] std::unique_ptr<LampOutput> make_lamp_output(const LampSettings& settings);

}  // namespace voip::hal::linux
