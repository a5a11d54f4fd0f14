#pragma once
#include <functional>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "hal/av.hpp"
#include "hal/sim/av_control.hpp"
#include "hal/sim/device.hpp"
#include "hal/sim/listener.hpp"
#include "hal/sim/room.hpp"

namespace voip::hal::sim {

/// The state that the simulated camera, microphone and speaker share with their control.
class SimulatedAv final : public AvControl {
 public:
    SimulatedAv(const AvSettings& settings, RoomSettings room_settings);

    Result<void> fail_next(std::string_view device, Errc error) override;
    Result<void> vanish(std::string_view device) override;
    Result<void> block(std::string_view device) override;
    Result<void> come_back(std::string_view device) override;
    [[nodiscard]] Heard heard() const override { return listener.report(); }
    void forget_heard() override { listener = {}; }
    Result<void> set_sound(std::string_view words) override;
    [[nodiscard]] std::vector<std::string> devices() const override;

    // For the devices.
    Log log;
    Device camera{"camera"}, microphone{"microphone"}, speaker{"speaker"};
    Room room;
    Listener listener;

 private:
    [[nodiscard]] Device* find(std::string_view name);

    bool has_camera_, has_microphone_, has_speaker_;
};

}  // namespace voip::hal::sim
