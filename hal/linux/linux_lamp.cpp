#include "hal/linux/linux_lamp.hpp"

#include <utility>

#include "hal/linux/gpio.hpp"
#include "hal/linux/led_output.hpp"

namespace voip::hal::linux {
namespace {

class LineOutput final : public LampOutput {
 public:
    explicit LineOutput(LineSettings line) : line_(std::move(line)) {}
    Result<void> open() override {
        auto output = open_output(line_);
        if (!output) return output.error();
        output_ = *std::move(output);
        return {};
    }
    Result<void> check() override {
        const auto level = get_level(output_.fd.get(), output_.text);
        return level ? Result<void>() : Result<void>(level.error());
    }
    void close() noexcept override { output_.fd.reset(); }
    std::vector<std::string> folders() const override { return {device_folder}; }
    Result<void> light(bool lit) override { return set_level(output_.fd.get(), lit, output_.text); }

 private:
    LineSettings line_;
    OpenOutput output_;
};

}  // namespace

std::unique_ptr<LampOutput> make_lamp_output(const LampSettings& settings) {
    if (!settings.led.empty()) return std::make_unique<LedOutput>(settings.led);
    return std::make_unique<LineOutput>(settings.gpio);
}

LinuxLamp::LinuxLamp(Surroundings around, std::unique_ptr<LampOutput> output)
    : around_(std::move(around)),
      output_(std::move(output)),
      keeper_(around_.timers, *around_.watch, "lamp", output_->folders(),
              {[this] { return open(); }, [this] { return output_->check(); }, [this] { closed(); },
               [this](const Result<void>& health) {
                   const auto handler = on_health_;  // it may give the board up
                   if (handler) handler(health);
               }},
              around_.log) {
    (void)keeper_.open();  // a failure is told as health, and tried again
}

LinuxLamp::~LinuxLamp() {
    on_health_ = nullptr;
    disarm();
    if (keeper_.is_open()) (void)output_->light(false);  // which also ends what the kernel does for us
    closed();
}

Result<void> LinuxLamp::open() {
    auto opened = output_->open();
    if (opened) opened = apply(shown_);
    if (!opened) closed();
    return opened;
}

void LinuxLamp::closed() {
    disarm();
    output_->close();
}

void LinuxLamp::disarm() {
    around_.timers.cancel(std::exchange(alarm_, 0));
}

Result<void> LinuxLamp::show(LampState state) {
    if (auto opened = keeper_.open(); !opened) return opened;
    auto applied = apply(state);
    if (!applied) {
        keeper_.lost(applied.error());
        return applied;
    }
    shown_ = state;
    return applied;
}

Result<void> LinuxLamp::apply(LampState state) {
    disarm();
    if (output_->settling()) {
        wait_until_settled();
        return {};
    }
    const Pattern pattern = pattern_of(state);
    if (output_->blinks()) return output_->blink(pattern);
    lit_ = pattern.on > Duration{};
    auto lighted = output_->light(lit_);
    if (lighted && pattern.blinks())
        alarm_ = around_.timers.call_at(around_.timers.now() + pattern.on, [this] {
            alarm_ = 0;
            turn();  // by then the state is taken
        });
    return lighted;
}

void LinuxLamp::wait_until_settled() {
    alarm_ = around_.timers.call_at(around_.timers.now() + settle_interval, [this] {
        alarm_ = 0;
        const auto applied = apply(shown_);
        if (!applied) keeper_.lost(applied.error());
    });
}

void LinuxLamp::turn() {
    lit_ = !lit_;
    const auto lighted = output_->light(lit_);
    if (!lighted) return keeper_.lost(lighted.error());
    const Pattern pattern = pattern_of(shown_);
    const Duration length = lit_ ? pattern.on : pattern.off;
    alarm_ = around_.timers.call_at(around_.timers.now() + length, [this] {
        alarm_ = 0;
        turn();
    });
}

}  // namespace voip::hal::linux
