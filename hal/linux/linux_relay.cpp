#include "hal/linux/linux_relay.hpp"

#include <algorithm>
#include <utility>

namespace voip::hal::linux {

LinuxRelay::LinuxRelay(Surroundings around, const RelaySettings& settings)
    : around_(std::move(around)),
      settings_(settings),
      keeper_(around_.timers, *around_.watch, "relay:" + settings.name, {device_folder},
              {[this] { return open(); },
               [this] {
                   const auto level = get_level(output_.fd.get(), output_.text);
                   return level ? Result<void>() : Result<void>(level.error());
               },
               [this] { closed(); },
               [this](const Result<void>& health) {
                   const auto handler = on_health_;  // it may give the board up
                   if (handler) handler(health);
               }},
              around_.log) {
    settings_.max = std::max(settings_.max, shortest_pulse);
    (void)keeper_.open();  // a failure is told as health, and tried again
}

LinuxRelay::~LinuxRelay() {
    on_health_ = nullptr;
    closed();
}

Result<void> LinuxRelay::open() {
    auto output = open_output(settings_.gpio);
    if (!output) return output.error();
    output_ = *std::move(output);
    return {};
}

void LinuxRelay::closed() {
    // Chips differ in what a released line does: it is put to rest before, even where that may fail.
    if (output_.fd) (void)set_level(output_.fd.get(), false, output_.text);
    output_.fd.reset();
    if (alarm_ == 0) return;
    around_.timers.cancel(std::exchange(alarm_, 0));
    around_.log.notice("relay opens", kv("relay", settings_.name), kv("early", true));
}

Result<Duration> LinuxRelay::pulse(Duration length) {
    const auto opened = keeper_.open();
    if (!opened) return opened.error();
    length = std::clamp(length, shortest_pulse, settings_.max);
    const auto closing = set_level(output_.fd.get(), true, output_.text);
    if (!closing) {
        keeper_.lost(closing.error());
        return closing.error();
    }
    around_.timers.cancel(alarm_);
    alarm_ = around_.timers.call_at(around_.timers.now() + length, [this] { rest(); });
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    around_.log.info("relay closes", kv("relay", settings_.name), kv("ms", millis));
    return length;
}

void LinuxRelay::rest() {
    alarm_ = 0;
    const auto resting = set_level(output_.fd.get(), false, output_.text);
    if (!resting) {
        around_.log.err("relay does not open", kv("relay", settings_.name),
                        kv("why", resting.error().context));
        return keeper_.lost(resting.error());  // opened anew, it is put to rest
    }
    around_.log.info("relay opens", kv("relay", settings_.name));
}

}  // namespace voip::hal::linux
