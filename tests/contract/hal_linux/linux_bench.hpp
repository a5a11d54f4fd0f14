#pragma once
#include <boost/asio/io_context.hpp>
#include <map>
#include <set>

#include "core/manual_timers.hpp"
#include "tests/contract/hal/bench.hpp"
#include "tests/contract/hal_linux/kernel_devices.hpp"
#include "tests/support/temp_dir.hpp"

namespace voip::hal::test {

/// The simulated devices of one kind of bench. Made once for all cases: each costs the machine a good part of
/// a second.
struct Hardware {
    enum class Kind {
        lines,  ///< buttons and lamp on GPIO lines; "b" is active low
        keys    ///< buttons are keys of input devices, the lamp is an LED
    };
    explicit Hardware(Kind kind);
    static Hardware& of(Kind kind);

    [[nodiscard]] Pluggable& part(std::string_view device);
    void finger(std::string_view button, bool down);
    void unplug(std::string_view device);
    void plug_in(std::string_view device);
    /// Everything plugged in and nothing pressed.
    void restore();

    BoardSettings settings;
    std::map<std::string, std::unique_ptr<SimChip>> chips;   ///< by the device, which is on its line 1
    std::map<std::string, std::unique_ptr<Keypad>> keypads;  ///< by the button
    std::unique_ptr<SimLed> led;
    std::set<std::string, std::less<>> gone;

 private:
    void place(ButtonSettings& button, Kind kind);
    voip::test::TempDir links_;
};

/// The board "linux" on devices that the kernel simulates. The kernel's time is real, ours is not: what the
/// world does to a device is waited for until the driver has noticed (its log says so), and pauses pass at
/// once.
class LinuxBench final : public Bench {
 public:
    using Kind = Hardware::Kind;
    explicit LinuxBench(Kind kind);

    Board& board() override { return *board_; }
    void pass(Duration length) override;
    void finger(std::string_view button, bool down) override;
    void unplug(std::string_view device) override;
    void plug_in(std::string_view device) override;
    bool fail_next(std::string_view device) override;
    void heal(std::string_view device) override { thieves_.erase(std::string(device)); }
    LampState lamp() override;
    Tone tone() override { return Tone::none; }
    bool closed(std::string_view relay) override;
    void destroy_board() override { board_.reset(); }
    bool has(std::string_view device) const override { return device != "ringer"; }
    Duration slack() const override { return 200ms; }

    // For cases of this board alone.
    [[nodiscard]] SimChip& chip(const std::string& device) { return *hardware_.chips.at(device); }
    void open();
    /// Lets the kernel's and our time pass until a line of the log has all these parts.
    void until_logged(const std::vector<std::string>& parts, bool our_time_too);
    void forget_log() { lines_.clear(); }
    [[nodiscard]] ManualTimers& timers() { return timers_; }
    BoardSettings settings;

 private:
    void poll();
    [[nodiscard]] bool logged(const std::vector<std::string>& parts) const;
    /// Whether the driver notices by itself that the device goes. sysfs has no news: an LED is missed when it
    /// is used.
    [[nodiscard]] bool notices(std::string_view device) const;
    LampState lamp_of_line();
    LampState lamp_of_led();

    Hardware& hardware_;
    asio::io_context io_;
    ManualTimers timers_;
    std::vector<std::string> lines_, all_lines_;  // since the last forget_log(); all
    LogHub hub_{[this](Level, std::string_view said) {
                    lines_.emplace_back(said);
                    all_lines_.emplace_back(said);
                },
                Level::debug};
    std::map<std::string, std::unique_ptr<Thief>> thieves_;
    std::unique_ptr<Board> board_;
};

}  // namespace voip::hal::test
