#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/log_levels.hpp"
#include "core/clock.hpp"

/// What the file /etc/wmpf-voipd/config.json says: typed, complete (every option has its default), not
/// changed after loading. README.md beside this file has every option in a table; describe_daemon.hpp has
/// each one's rule.
namespace voip::config {

/// How the device stands with the platform: with its own deviceToken, or known by its channel alone (WMPF).
enum class Registration { device_auth, wmpf };
/// The road to the other side: our service, or a loop-back inside the daemon.
enum class Engine { service, none };
enum class RoomType { voice, video };
/// What happens to a call in quiet hours: it alerts without tone, or it is answered busy.
enum class QuietAction { silent, reject };

struct Device {
    std::string sn;        ///< serial number, [0-9A-Za-z_-]{1,128}; required but for the demo
    std::string model_id;  ///< from the WeChat console; required with engine `service`
    std::string app_id;    ///< the mini program; required with engine `service`
    std::string name;      ///< shown to users, at most 128 bytes; empty: none
    Registration registration = Registration::device_auth;
    friend bool operator==(const Device&, const Device&) = default;
};

struct Service {
    std::string url;  ///< "https://HOST[:PORT]"; required with engine `service`
    std::string ca;   ///< absolute path of a PEM file; empty: the system's certificates
    friend bool operator==(const Service&, const Service&) = default;
};

/// Hours of the local time zone, to the minute, `from` included, `to` not; over midnight when to < from.
struct QuietHours {
    int from = 0;  ///< minutes after midnight, 0 to 1439
    int to = 0;    ///< minutes after midnight, 0 to 1439; never equal to `from`
    QuietAction action = QuietAction::silent;

    [[nodiscard]] bool contains(int minute_of_day) const noexcept;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

struct Call {
    Engine engine = Engine::service;
    Duration ring = 60s;            ///< 0.1 s to 600 s: how long either side rings
    Duration join = 20s;            ///< 0.1 s to 120 s: from the answer until media flows
    Duration hunt = 30s;            ///< 0.1 s to 600 s: per person of a contact; never above `ring`
    std::int64_t time_limit_s = 0;  ///< 0 to 86400 s of talk; 0: none
    std::optional<Duration>
        auto_answer;  ///< 0 s to 600 s after the alert, below `ring`; nothing: a person answers
    std::vector<QuietHours> quiet_hours;  ///< at most 16, none overlaps another
    friend bool operator==(const Call&, const Call&) = default;
};

/// What the kernel does with a line that nobody drives; as_is: what the board's firmware left.
enum class Bias { as_is, pull_up, pull_down, disabled };

/// A line of a GPIO chip; an empty chip: none.
struct GpioInput {
    std::string chip;  ///< "gpiochip0" or the chip's label
    std::string line;  ///< offset ("17") or the line's name
    bool active_low = false;
    Bias bias = Bias::as_is;
    Duration debounce = 20ms;  ///< 0 s to 1 s
    friend bool operator==(const GpioInput&, const GpioInput&) = default;
};
struct GpioOutput {
    std::string chip, line;  ///< as GpioInput
    bool active_low = false;
    friend bool operator==(const GpioOutput&, const GpioOutput&) = default;
};

/// A key of an input device (gpio-keys, USB keypads); an empty device: none.
struct InputKey {
    std::string device;  ///< absolute path below /dev/input
    std::string code;    ///< "KEY_ENTER", or its number
    friend bool operator==(const InputKey&, const InputKey&) = default;
};

struct Button {
    std::string name;     ///< unique, 1 to 64 bytes
    std::string contact;  ///< rung by a press; empty: none
    std::string open_id;  ///< rung by a press instead of a contact; empty: none
    RoomType room_type = RoomType::video;
    Duration long_press = 1500ms;  ///< 0.3 s to 10 s
    GpioInput gpio = {};           ///< board `linux`: one of the two
    InputKey key = {};
    friend bool operator==(const Button&, const Button&) = default;
};

/// The call lamp: an LED of the LED class, or an output line.
struct Lamp {
    bool enabled = true;  ///< false: the board's lamp is left alone
    std::string led;      ///< name in /sys/class/leds; empty: none
    GpioOutput gpio = {};
    friend bool operator==(const Lamp&, const Lamp&) = default;
};

struct Relay {
    std::string name;        ///< unique, 1 to 64 bytes
    Duration max = 30s;      ///< 0.1 s to 600 s: the longest pulse
    bool from_call = false;  ///< the other side of a call may open it
    GpioOutput gpio = {};    ///< board `linux`
    friend bool operator==(const Relay&, const Relay&) = default;
};

struct Sim {
    std::string script;  ///< absolute path of a script (hal/README.md); empty: none
    friend bool operator==(const Sim&, const Sim&) = default;
};

/// Whether the camera encodes by itself, or hands out pictures that are encoded here.
enum class CameraFormat { automatic, h264, raw };

struct Camera {
    bool enabled = true;  ///< false: the device has none
    std::string device;   ///< "/dev/video0"; sim: a raw H.264 file to play, empty: the test pattern
    CameraFormat format = CameraFormat::automatic;
    std::int64_t width = 640;   ///< 64 to 1920 pixels, even
    std::int64_t height = 480;  ///< 64 to 1920 pixels, even
    std::int64_t fps = 15;      ///< 1 to 30 pictures a second
    std::int64_t rotation = 0;  ///< 0, 90, 180 or 270 degrees clockwise to see it upright
    friend bool operator==(const Camera&, const Camera&) = default;
};

struct Microphone {
    bool enabled = true;  ///< false: the device has none
    std::string device;   ///< ALSA's name of it; empty: "default"
    friend bool operator==(const Microphone&, const Microphone&) = default;
};

struct Speaker {
    bool enabled = true;       ///< false: the device has none
    std::string device;        ///< ALSA's name of it; empty: "default"
    std::int64_t volume = 80;  ///< 0 to 100, at the beginning of each call
    friend bool operator==(const Speaker&, const Speaker&) = default;
};

struct RingTone {
    bool enabled = true;  ///< false: neither ring tone nor ring-back tone is played
    std::string file;     ///< absolute path of a WAV file; empty: the board's own tone
    friend bool operator==(const RingTone&, const RingTone&) = default;
};

struct Board {
    std::string driver = "linux";  ///< "linux" or "sim"; whether this build has it shows when it is opened
    std::vector<Button> buttons;   ///< at most 64
    Lamp lamp;
    std::vector<Relay> relays;  ///< at most 16
    Camera camera;
    Microphone microphone;
    Speaker speaker;
    RingTone ring_tone;
    Sim sim;
    friend bool operator==(const Board&, const Board&) = default;
};

struct Media {
    bool enabled = true;                 ///< without effect in a build that has no media program
    std::string program;                 ///< absolute path; empty: the installed wmpf-voip-media
    bool echo = true;                    ///< cancel the speaker's echo; false when the hardware does it
    bool noise = true;                   ///< suppress steady noise
    bool gain = true;                    ///< keep the voice at one loudness
    std::int64_t playout_delay_ms = 0;   ///< 0 to 1000 ms from a sample handed to the speaker to its echo
    std::int64_t bitrate_kbps = 600;     ///< 50 to 8000 kbit/s of picture, at most
    std::int64_t floor_kbps = 100;       ///< 50 to 8000 kbit/s: not below it, whatever the network says
    std::string display;                 ///< where the user's picture goes; empty: the board has no display
    std::vector<std::string> addresses;  ///< local addresses to use; empty: all but loopback
    Duration reconnect = 40s;            ///< 5 s to 120 s without media before the call is given up
    friend bool operator==(const Media&, const Media&) = default;
};

struct Api {
    std::string socket = "/run/wmpf-voipd/api.sock";  ///< absolute, at most 107 bytes
    std::string control_group = "voip";               ///< empty: only root and the daemon's user
    std::string observe_group = "voip-observe";       ///< empty: nobody; never the control group
    std::int64_t max_clients = 64;                    ///< 1 to 1024
    friend bool operator==(const Api&, const Api&) = default;
};

struct Config {
    Device device;
    Service service;
    Call call;
    Board board;
    Media media;
    Api api;
    LogLevels log;
    friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace voip::config
