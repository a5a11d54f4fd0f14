#include "hal/linux/linux_board.hpp"

#include "hal/linux/av/ringer.hpp"
#include "hal/linux/button_driver.hpp"
#include "hal/linux/gpio_source.hpp"
#include "hal/linux/key_names.hpp"
#include "hal/linux/key_source.hpp"
#include "hal/linux/linux_lamp.hpp"
#include "hal/linux/linux_relay.hpp"

namespace voip::hal::linux {
namespace {

/// What the settings lack for a real board.
class Judge {
 public:
    void button(std::size_t index, const ButtonSettings& button) {
        const std::string where = "board.buttons[" + std::to_string(index) + "]";
        if (button.gpio.chip.empty() && button.key.device.empty())
            fault(where, "has neither gpio nor key: board linux needs one");
        if (button.key.device.empty()) return;
        const auto key = key_number(button.key.code);
        if (!key) fault(where + ".key.code", key.error().context);
    }
    void relay(std::size_t index, const RelaySettings& relay) {
        if (relay.gpio.chip.empty())
            fault("board.relays[" + std::to_string(index) + "]", "has no gpio: board linux needs it");
    }

    std::vector<std::string> faults;

 private:
    void fault(const std::string& where, const std::string& what) { faults.push_back(where + ": " + what); }
};

std::string joined(const std::vector<std::string>& faults) {
    std::string text;
    for (const std::string& fault : faults) text += (text.empty() ? "" : "; ") + fault;
    return text;
}

std::unique_ptr<PositionSource> source_of(const ButtonSettings& button) {
    if (button.key.device.empty())
        return std::make_unique<GpioSource>(button.gpio, button.bias, button.debounce);
    return std::make_unique<KeySource>(button.key.device, key_number(button.key.code).value());
}

}  // namespace

std::vector<std::string> check_linux(const BoardSettings& settings) {
    Judge judge;
    for (std::size_t i = 0; i < settings.buttons.size(); ++i) judge.button(i, settings.buttons[i]);
    for (std::size_t i = 0; i < settings.relays.size(); ++i) judge.relay(i, settings.relays[i]);
    return judge.faults;
}

Result<Board> open_linux(asio::any_io_executor executor, Timers& timers, const BoardSettings& settings) {
    if (const auto faults = check_linux(settings); !faults.empty())
        return fail(Errc::bad_config, joined(faults));

    const Surroundings around{executor, timers, std::make_shared<NodeWatch>(executor, settings.log),
                              settings.log};
    Board board;
    board.driver = "linux";
    for (const RelaySettings& relay : settings.relays)  // first: a door that a crash left open is closed
        board.relays.push_back(std::make_unique<LinuxRelay>(around, relay));
    for (const ButtonSettings& button : settings.buttons) {
        const auto driver = std::make_shared<ButtonDriver>(around, button, source_of(button));
        board.buttons.push_back(std::make_unique<LinuxButton>(driver));
        driver->start();
    }
    const LampSettings& lamp = settings.lamp_settings;
    if (settings.lamp && !(lamp.led.empty() && lamp.gpio.chip.empty()))
        board.lamp = std::make_unique<LinuxLamp>(around, make_lamp_output(lamp));
    const RingToneSettings& tone = settings.ring_tone;
    if (settings.ringer)
        board.ringer = std::make_unique<AlsaRinger>(
            executor, RingerSettings{tone.device, tone.file, tone.volume, settings.log});
    return board;
}

}  // namespace voip::hal::linux
