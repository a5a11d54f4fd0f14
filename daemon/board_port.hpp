#pragma once
#include <functional>
#include <map>
#include <string>

#include "config/config.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/control/ports.hpp"
#include "hal/board.hpp"

namespace voip::daemon {

/// The board towards the local API: what it has, how its devices are, and its relays.
/// @thread loop only. Board, timers and configuration must outlive it. Takes the devices' health handlers.
class BoardPort final : public control::BoardPort {
 public:
    /// @param on_health  called with "button NAME", "relay NAME", "lamp" or "ringer" and the reason (empty:
    /// well again) when a device's health changes
    BoardPort(hal::Board& board, const config::Board& config, Timers& timers,
              std::function<void(const std::string& device, const std::string& reason)> on_health, Log log);

    control::BoardFacts facts() const override;
    Answer<control::RelayPulse> relay(const std::string& name, std::optional<Duration> length,
                                      control::RelayAsker asker) override;

 private:
    hal::Board& board_;
    const config::Board& config_;
    Timers& timers_;
    Log log_;
    std::map<std::string, std::string> trouble_;             // button -> what is wrong
    std::map<std::string, control::RelayOpening> openings_;  // relay -> the last one
};

/// Remembers what a lamp shows, for `board.get`. Puts itself in front of the board's lamp.
class RememberingLamp final : public hal::Lamp {
 public:
    explicit RememberingLamp(std::unique_ptr<hal::Lamp> lamp) : lamp_(std::move(lamp)) {}
    Result<void> show(hal::LampState state) override;
    void on_health(hal::OnHealth handler) override { lamp_->on_health(std::move(handler)); }
    [[nodiscard]] hal::LampState shown() const noexcept { return shown_; }

 private:
    std::unique_ptr<hal::Lamp> lamp_;
    hal::LampState shown_ = hal::LampState::off;
};

}  // namespace voip::daemon
