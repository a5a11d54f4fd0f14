#pragma once
#include "hal/linux/fd.hpp"
#include "hal/linux/lamp_output.hpp"

namespace voip::hal::linux {

/// An LED of the LED class. Where the kernel offers the trigger "timer" and lets us use it, the kernel blinks
/// and nobody wakes up for it. @source Documentation/ABI/testing/sysfs-class-led, -trigger-timer
class LedOutput final : public LampOutput {
 public:
    explicit LedOutput(const std::string& name, const std::string& class_folder = "/sys/class/leds")
        : folder_(class_folder + "/" + name), class_folder_(class_folder) {}
    ~LedOutput() override { LedOutput::close(); }
    LedOutput(const LedOutput&) = delete;
    LedOutput& operator=(const LedOutput&) = delete;

    Result<void> open() override;
    Result<void> check() override;
    void close() noexcept override;
    std::vector<std::string> folders() const override { return {class_folder_}; }
    Result<void> light(bool lit) override;
    bool blinks() const noexcept override { return static_cast<bool>(delay_on_); }
    Result<void> blink(const Pattern& pattern) override;
    bool settling() override;

 private:
    Result<void> take_timer();
    Result<void> drop_trigger();
    [[nodiscard]] Result<std::string> read(const std::string& name) const;
    [[nodiscard]] Result<void> write(const Fd& file, const std::string& name, const std::string& text) const;

    std::string folder_, class_folder_, brightest_;
    Fd brightness_, trigger_, delay_on_, delay_off_;
    unsigned patience_ = 0;  // how often the timer's files are still looked for
};

/// The words of a trigger file: "none [timer] heartbeat". Pure.
struct Triggers {
    bool timer = false;  ///< it is offered
    bool none = true;    ///< no trigger is at work
};
[[nodiscard]] Triggers triggers_of(std::string_view text);

}  // namespace voip::hal::linux
