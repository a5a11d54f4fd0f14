#pragma once
#include <memory>
#include <string>

#include "hal/boards.hpp"
#include "hal/linux/debouncer.hpp"
#include "hal/linux/keeper.hpp"
#include "hal/linux/position_source.hpp"
#include "hal/linux/readable.hpp"
#include "hal/linux/surroundings.hpp"
#include "hal/press_detector.hpp"

namespace voip::hal::linux {

/// How often a line is read that cannot tell by itself. A finger stays for 80 ms at least.
inline constexpr Duration look_interval = 20ms;

/// A button over any source of positions: presses by the press detector, health, and coming back.
class ButtonDriver final : public std::enable_shared_from_this<ButtonDriver> {
 public:
    ButtonDriver(Surroundings around, const ButtonSettings& settings, std::unique_ptr<PositionSource> source);

    void start();
    /// No handler runs after it returns.
    void stop();

    const std::string name;
    std::function<void(Press)> on_press;
    OnHealth on_health;

 private:
    Result<void> open();
    void closed();
    void read();
    void look();
    void take(const Position& position, Duration age);
    void settle(TimePoint now);
    void on_alarm();
    void arm();
    void apply(const PressDetector::Outcome& outcome);
    void tell(const Result<void>& health);

    Surroundings around_;
    std::unique_ptr<PositionSource> source_;
    PressDetector detector_;
    Debouncer debouncer_;
    bool debounces_ = false;  // here, not in the kernel
    bool looks_ = false;      // nothing becomes readable
    bool stopped_ = false;
    std::unique_ptr<Readable> readable_;
    Timers::Id alarm_ = 0, looking_ = 0;
    Keeper keeper_;
};

class LinuxButton final : public Button {
 public:
    explicit LinuxButton(std::shared_ptr<ButtonDriver> driver) : driver_(std::move(driver)) {}
    ~LinuxButton() override { driver_->stop(); }
    LinuxButton(const LinuxButton&) = delete;
    LinuxButton& operator=(const LinuxButton&) = delete;
    const std::string& name() const noexcept override { return driver_->name; }
    void on_press(std::function<void(Press)> handler) override { driver_->on_press = std::move(handler); }
    void on_health(OnHealth handler) override { driver_->on_health = std::move(handler); }

 private:
    std::shared_ptr<ButtonDriver> driver_;  // shared with calls that are on their way
};

}  // namespace voip::hal::linux
