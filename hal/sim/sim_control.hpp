#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/timers.hpp"
#include "hal/button.hpp"
#include "hal/lamp.hpp"
#include "hal/ringer.hpp"

namespace voip::hal::sim {

// What the simulated outputs did.
struct LampShown {
    LampState state{};
    friend bool operator==(const LampShown&, const LampShown&) = default;
};
struct RelayClosed {
    std::string relay;
    Duration length{};
    friend bool operator==(const RelayClosed&, const RelayClosed&) = default;
};
struct RelayOpened {
    std::string relay;
    friend bool operator==(const RelayOpened&, const RelayOpened&) = default;
};
struct TonePlayed {
    Tone tone{};
    friend bool operator==(const TonePlayed&, const TonePlayed&) = default;
};
using Output = std::variant<LampShown, RelayClosed, RelayOpened, TonePlayed>;

struct Record {
    TimePoint at;
    Output output;
    friend bool operator==(const Record&, const Record&) = default;
};

/// How many records are kept; older ones are forgotten.
inline constexpr std::size_t max_records = 1000;

/// The other side of a simulated board: presses its buttons, breaks its devices, sees its outputs. Devices
/// are named "button:NAME", "relay:NAME", "lamp" and "ringer".
/// @thread loop only. Events reach the handlers from the loop (an alarm that is due at once), never inside a
/// call.
class SimControl {
 public:
    virtual ~SimControl() = default;

    /// A press as the driver would report it. @errors not_found (no such button), device_gone (it vanished)
    virtual Result<void> press(std::string_view button, Press kind) = 0;
    /// The finger itself: long press and "held for 30 s" then come from the time it stays down. Repeating the
    /// same position changes nothing. @errors as press()
    virtual Result<void> hold(std::string_view button, bool down) = 0;

    /// The device's next operation fails with `error` (a button reports it as health instead of its next
    /// press); several wait in line. @errors not_found
    virtual Result<void> fail_next(std::string_view device, Errc error) = 0;
    /// Until come_back() every operation fails with device_gone; a button reports it as health; an active
    /// relay is at rest. @errors not_found
    virtual Result<void> vanish(std::string_view device) = 0;
    virtual Result<void> come_back(std::string_view device) = 0;

    /// What the outputs did, oldest first.
    [[nodiscard]] virtual const std::deque<Record>& records() const noexcept = 0;
    virtual void forget_records() noexcept = 0;
    /// The names of all devices, sorted.
    [[nodiscard]] virtual std::vector<std::string> devices() const = 0;
};

}  // namespace voip::hal::sim
