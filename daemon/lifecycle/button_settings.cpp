#include "daemon/lifecycle/button_settings.hpp"

namespace voip::lifecycle {
namespace {

hal::Bias bias_of(config::Bias bias) noexcept {
    switch (bias) {
        case config::Bias::as_is: return hal::Bias::as_is;
        case config::Bias::pull_up: return hal::Bias::pull_up;
        case config::Bias::pull_down: return hal::Bias::pull_down;
        case config::Bias::disabled: return hal::Bias::disabled;
    }
    return hal::Bias::as_is;
}

}  // namespace

hal::ButtonSettings button_settings(const config::Button& button) {
    hal::ButtonSettings settings;
    settings.name = button.name;
    settings.long_press = button.long_press;
    settings.gpio = {button.gpio.chip, button.gpio.line, button.gpio.active_low};
    settings.bias = bias_of(button.gpio.bias);
    settings.debounce = button.gpio.debounce;
    settings.key = {button.key.device, button.key.code};
    return settings;
}

}  // namespace voip::lifecycle
