#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "hal/board.hpp"

namespace voip::hal {

/// A line of a GPIO chip; an empty chip: none.
struct LineSettings {
    std::string chip = {};  ///< name or label
    std::string line = {};  ///< offset or name
    bool active_low = false;
};
/// The resistor inside the chip; as_is: what the firmware left.
enum class Bias { as_is, pull_up, pull_down, disabled };

/// A key of an input device; an empty device: none.
struct KeySettings {
    std::string device = {};  ///< node, absolute
    std::string code = {};    ///< "KEY_ENTER" or its number
};

struct ButtonSettings {
    std::string name;  ///< unique among the buttons
    Duration long_press = 1500ms;
    // Where it is; for drivers of real boards, which need one of the two.
    LineSettings gpio = {};
    Bias bias = Bias::as_is;
    Duration debounce = 20ms;  ///< of the line; 0: none
    KeySettings key = {};
};

struct LampSettings {
    std::string led = {};  ///< of the LED class; empty: the line
    LineSettings gpio = {};
};

struct RelaySettings {
    std::string name;    ///< unique among the relays
    Duration max = 30s;  ///< the longest pulse; at least 0.1 s
    LineSettings gpio = {};
};

struct RingToneSettings {
    std::string device = {};  ///< ALSA's name of the sound card; empty: the usual one
    std::string file = {};    ///< WAV; empty: the board's own tone
    unsigned volume = 80;     ///< percent
};

/// What a driver needs to know of the configuration. (The HAL does not see the configuration itself.)
struct BoardSettings {
    std::vector<ButtonSettings> buttons = {};
    std::vector<RelaySettings> relays = {};
    bool lamp = true;  ///< false: Board::lamp is null
    LampSettings lamp_settings = {};
    bool ringer = true;  ///< false: Board::ringer is null
    RingToneSettings ring_tone = {};
    std::string sim_script = {};  ///< path of a script for the simulated board; empty: none
    Log log = {};                 ///< drivers tell what they see and do
};

/// A driver: a name, what it lacks of the settings ("board.buttons[0]: has ...", one fault each; no device is
/// touched), and how its board is opened.
struct BoardDriver {
    std::string_view name;
    std::vector<std::string> (*check)(const BoardSettings& settings);
    Result<Board> (*open)(asio::any_io_executor executor, Timers& timers, const BoardSettings& settings);
};

/// Every board of this build, sorted by name. What is linked is what is listed.
[[nodiscard]] std::span<const BoardDriver> boards() noexcept;

/// What open_board() would refuse of the settings of a board that this build has.
[[nodiscard]] std::vector<std::string> check_board(std::string_view name, const BoardSettings& settings);

/// Opens the board of that name. The timers must outlive the board.
/// @errors bad_config: "board.driver: \"linux\": this build has the boards: sim"; what the driver's open()
/// says
[[nodiscard]] Result<Board> open_board(std::string_view name, asio::any_io_executor executor, Timers& timers,
                                       const BoardSettings& settings);

}  // namespace voip::hal
