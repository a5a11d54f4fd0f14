#pragma once
#include "hal/linux/gpio.hpp"
#include "hal/linux/keeper.hpp"
#include "hal/linux/surroundings.hpp"
#include "hal/relay.hpp"

namespace voip::hal::linux {

/// A contact on an output line. The line is held as long as the board, inactive but for the pulses; a daemon
/// that starts (again) makes it inactive first of all.
class LinuxRelay final : public Relay {
 public:
    LinuxRelay(Surroundings around, const RelaySettings& settings);
    ~LinuxRelay() override;
    LinuxRelay(const LinuxRelay&) = delete;
    LinuxRelay& operator=(const LinuxRelay&) = delete;

    const std::string& name() const noexcept override { return settings_.name; }
    Result<Duration> pulse(Duration length) override;
    bool active() const noexcept override { return alarm_ != 0; }
    void on_health(OnHealth handler) override { on_health_ = std::move(handler); }

 private:
    Result<void> open();
    void closed();
    void rest();

    Surroundings around_;
    RelaySettings settings_;
    OpenOutput output_;
    Timers::Id alarm_ = 0;  // not 0: active
    OnHealth on_health_;
    Keeper keeper_;
};

}  // namespace voip::hal::linux
