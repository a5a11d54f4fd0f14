#pragma once
#include "config/describe_common.hpp"

/// Every option of the daemon, once: its name, its place in Config, its rule. Reading, writing, listing and
/// reloading are visitors of these tables (visit.hpp).
namespace voip::config {

// clang-format off
inline constexpr std::pair<std::string_view, Registration> registration_words[] = {
    {"device-auth", Registration::device_auth}, {"wmpf", Registration::wmpf}};
inline constexpr std::pair<std::string_view, Engine> engine_words[] = {
    {"service", Engine::service}, {"none", Engine::none}};
inline constexpr std::pair<std::string_view, RoomType> room_type_words[] = {
    {"voice", RoomType::voice}, {"video", RoomType::video}};
inline constexpr std::pair<std::string_view, QuietAction> quiet_action_words[] = {
    {"silent", QuietAction::silent}, {"reject", QuietAction::reject}};

inline constexpr std::pair<std::string_view, Bias> bias_words[] = {
    {"as-is", Bias::as_is}, {"pull-up", Bias::pull_up}, {"pull-down", Bias::pull_down}, {"disabled", Bias::disabled}};
inline constexpr std::pair<std::string_view, CameraFormat> camera_format_words[] = {
    {"auto", CameraFormat::automatic}, {"h264", CameraFormat::h264}, {"raw", CameraFormat::raw}};

inline constexpr std::string_view driver_words[] = {"linux", "sim"};

inline constexpr Time ring_rule{0.1, 600};
inline constexpr Time join_rule{0.1, 120};
inline constexpr Text person_rule{128, &check_plain, "at most 128 bytes"};
inline constexpr Text name_rule{64, &check_plain, "1 to 64 bytes, unique", false};
inline constexpr Text chip_rule{32, &check_plain, "a chip's name or label, at most 32 bytes"};
inline constexpr Text line_rule{32, &check_plain, "a line's offset or name, at most 32 bytes"};
inline constexpr Text sound_rule{128, &check_plain, "at most 128 bytes"};
inline constexpr Text group_rule{32, &check_group, "a group's name, empty: none"};

template <class V>
void describe(V& v, const Device*) {
    v.option({"sn", Need::by_judge}, &Device::sn, Text{128, &check_sn, "[0-9A-Za-z_-]{1,128}"});
    v.option({"modelId", Need::by_judge}, &Device::model_id, Text{128, &check_plain, "1 to 128 bytes"});
    v.option({"appId", Need::by_judge}, &Device::app_id, Text{128, &check_plain, "1 to 128 bytes"});
    v.option({"name"}, &Device::name, person_rule);
    v.option({"registration"}, &Device::registration, Word<Registration>{registration_words});
}

template <class V>
void describe(V& v, const Service*) {
    v.option({"url", Need::by_judge}, &Service::url, Text{300, &check_origin, "https://HOST[:PORT]"});
    v.option({"ca"}, &Service::ca, path_rule);
}

template <class V>
void describe(V& v, const QuietHours*) {
    v.option({"from", Need::yes, Reload::live}, &QuietHours::from, TimeOfDay{});
    v.option({"to", Need::yes, Reload::live}, &QuietHours::to, TimeOfDay{});
    v.option({"action", Need::no, Reload::live}, &QuietHours::action, Word<QuietAction>{quiet_action_words});
}

template <class V>
void describe(V& v, const Call*) {
    v.option({"engine"}, &Call::engine, Word<Engine>{engine_words});
    v.option({"ringSeconds", Need::no, Reload::live}, &Call::ring, ring_rule);
    v.option({"joinSeconds", Need::no, Reload::live}, &Call::join, join_rule);
    v.option({"huntSeconds", Need::no, Reload::live}, &Call::hunt, ring_rule);
    v.option({"timeLimit", Need::no, Reload::live}, &Call::time_limit_s, Integer{0, 86400, "s"});
    v.option({"autoAnswer", Need::no, Reload::live}, &Call::auto_answer, FalseOrTime{{0, 600}});
    v.list({"quietHours", Need::no, Reload::live}, &Call::quiet_hours, 16);
}

template <class V>
void describe(V& v, const GpioInput*) {
    v.option({"chip"}, &GpioInput::chip, chip_rule);
    v.option({"line"}, &GpioInput::line, line_rule);
    v.option({"activeLow"}, &GpioInput::active_low, Flag{});
    v.option({"bias"}, &GpioInput::bias, Word<Bias>{bias_words});
    v.option({"debounceSeconds"}, &GpioInput::debounce, Time{0, 1});
}

template <class V>
void describe(V& v, const GpioOutput*) {
    v.option({"chip"}, &GpioOutput::chip, chip_rule);
    v.option({"line"}, &GpioOutput::line, line_rule);
    v.option({"activeLow"}, &GpioOutput::active_low, Flag{});
}

template <class V>
void describe(V& v, const InputKey*) {
    v.option({"device"}, &InputKey::device, path_rule);
    v.option({"code"}, &InputKey::code, Text{32, &check_plain, "a key's name or number"});
}

template <class V>
void describe(V& v, const Button*) {
    v.option({"name", Need::yes}, &Button::name, name_rule);
    v.option({"contact", Need::no, Reload::live}, &Button::contact, person_rule);
    v.option({"openId", Need::no, Reload::live}, &Button::open_id, person_rule);
    v.option({"roomType", Need::no, Reload::live}, &Button::room_type, Word<RoomType>{room_type_words});
    v.option({"longPressSeconds"}, &Button::long_press, Time{0.3, 10});
    v.section("gpio", &Button::gpio);
    v.section("key", &Button::key);
}

template <class V>
void describe(V& v, const Lamp*) {
    v.option({"enabled"}, &Lamp::enabled, Flag{});
    v.option({"led"}, &Lamp::led, Text{64, &check_file_name, "a name in /sys/class/leds"});
    v.section("gpio", &Lamp::gpio);
}

template <class V>
void describe(V& v, const Camera*) {
    v.option({"enabled"}, &Camera::enabled, Flag{});
    v.option({"device"}, &Camera::device, path_rule);
    v.option({"format"}, &Camera::format, Word<CameraFormat>{camera_format_words});
    v.option({"width"}, &Camera::width, Integer{64, 1920, "px"});
    v.option({"height"}, &Camera::height, Integer{64, 1920, "px"});
    v.option({"fps"}, &Camera::fps, Integer{1, 30});
    v.option({"rotation"}, &Camera::rotation, Integer{0, 270, "degrees"});
}

template <class V>
void describe(V& v, const Microphone*) {
    v.option({"enabled"}, &Microphone::enabled, Flag{});
    v.option({"device"}, &Microphone::device, sound_rule);
}

template <class V>
void describe(V& v, const Speaker*) {
    v.option({"enabled"}, &Speaker::enabled, Flag{});
    v.option({"device"}, &Speaker::device, sound_rule);
    v.option({"volume"}, &Speaker::volume, Integer{0, 100, "%"});
}

template <class V>
void describe(V& v, const RingTone*) {
    v.option({"enabled"}, &RingTone::enabled, Flag{});
    v.option({"file"}, &RingTone::file, path_rule);
}

template <class V>
void describe(V& v, const Relay*) {
    v.option({"name", Need::yes}, &Relay::name, name_rule);
    v.option({"maxSeconds"}, &Relay::max, Time{0.1, 600});
    v.option({"fromCall"}, &Relay::from_call, Flag{});
    v.section("gpio", &Relay::gpio);
}

template <class V>
void describe(V& v, const Sim*) {
    v.option({"script"}, &Sim::script, path_rule);
}

template <class V>
void describe(V& v, const Board*) {
    v.option({"driver"}, &Board::driver, OneOf{driver_words});
    v.list({"buttons"}, &Board::buttons, 64);
    v.switchable("lamp", &Board::lamp);
    v.list({"relays"}, &Board::relays, 16);
    v.switchable("camera", &Board::camera);
    v.switchable("microphone", &Board::microphone);
    v.switchable("speaker", &Board::speaker);
    v.switchable("ringTone", &Board::ring_tone);
    v.section("sim", &Board::sim);
}

template <class V>
void describe(V& v, const Media*) {
    v.option({"enabled"}, &Media::enabled, Flag{});
    v.option({"program"}, &Media::program, path_rule);
    v.option({"echo"}, &Media::echo, Flag{});
    v.option({"noise"}, &Media::noise, Flag{});
    v.option({"gain"}, &Media::gain, Flag{});
    v.option({"playoutDelay"}, &Media::playout_delay_ms, Integer{0, 1000, "ms"});
    v.option({"bitrate"}, &Media::bitrate_kbps, Integer{50, 8000, "kbit/s"});
    v.option({"bitrateFloor"}, &Media::floor_kbps, Integer{50, 8000, "kbit/s"});
    v.option({"display"}, &Media::display, Text{32, &check_word, "\"fake\" or a GStreamer sink"});
    v.option({"addresses"}, &Media::addresses, Texts{{64, &check_host, "local address", false}, 16});
    v.option({"reconnectSeconds"}, &Media::reconnect, Time{5, 120});
}

template <class V>
void describe(V& v, const Api*) {
    v.option({"socket"}, &Api::socket, Text{107, &check_path, "absolute path, at most 107 bytes", false});
    v.option({"controlGroup"}, &Api::control_group, group_rule);
    v.option({"observeGroup"}, &Api::observe_group, group_rule);
    v.option({"maxClients"}, &Api::max_clients, Integer{1, 1024});
}

template <class V>
void describe(V& v, const Config*) {
    v.section("device", &Config::device);
    v.section("service", &Config::service);
    v.section("call", &Config::call);
    v.section("board", &Config::board);
    v.section("media", &Config::media);
    v.section("api", &Config::api);
    v.section("log", &Config::log);
}
// clang-format on

}  // namespace voip::config
