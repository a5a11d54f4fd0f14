#include "config/load.hpp"

#include <algorithm>
#include <map>

#include "config/describe_daemon.hpp"
#include "core/file.hpp"

namespace voip::config {
namespace {

std::string seconds(Duration length) {
    return number(std::chrono::duration<double>(length).count()) + " s";
}

void require(const std::string& text, const char* section, const char* name, const Report& root) {
    const Report report = root.member(section).member(name);
    if (text.empty() && root.clean(std::string(section) + "." + name)) report.fault("required");
}

void judge_identity(const Config& config, const LoadOptions& options, const Report& root) {
    if (options.demo) return;
    require(config.device.sn, "device", "sn", root);
    if (config.call.engine != Engine::service) return;
    require(config.device.model_id, "device", "modelId", root);
    require(config.device.app_id, "device", "appId", root);
    require(config.service.url, "service", "url", root);
}

void judge_times(const json::Value& file, Call& call, const Report& root) {
    if (!root.clean("call.ringSeconds")) return;
    const Report report = root.member("call");
    const json::Value* section = file.find("call");
    if (call.hunt > call.ring && root.clean("call.huntSeconds")) {
        if (section && section->find("huntSeconds"))
            report.member("huntSeconds")
                .fault(seconds(call.hunt) + " is above call.ringSeconds (" + seconds(call.ring) + ")");
        call.hunt = call.ring;  // the default gives way
    }
    if (call.auto_answer && *call.auto_answer >= call.ring && root.clean("call.autoAnswer"))
        report.member("autoAnswer")
            .fault(seconds(*call.auto_answer) + " is not below call.ringSeconds (" + seconds(call.ring) +
                   "): it would never happen");
}

bool overlap(const QuietHours& a, const QuietHours& b) {
    return a.contains(b.from) || b.contains(a.from);
}

void judge_quiet_hours(const std::vector<QuietHours>& hours, const Report& root) {
    if (!root.clean("call.quietHours")) return;
    const Report list = root.member("call").member("quietHours");
    for (std::size_t i = 0; i < hours.size(); ++i) {
        if (hours[i].from == hours[i].to) list.item(i).fault("from and to are the same time");
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            if (hours[earlier].from == hours[earlier].to || hours[i].from == hours[i].to) continue;
            if (!overlap(hours[earlier], hours[i])) continue;
            list.item(i).fault("overlaps call.quietHours[" + std::to_string(earlier) + "]");
            break;
        }
    }
}

template <class Device>
void judge_names(const std::vector<Device>& devices, const char* what, const Report& root) {
    const Report list = root.member("board").member(what);
    for (std::size_t i = 1; i < devices.size(); ++i) {
        const auto end = devices.begin() + static_cast<std::ptrdiff_t>(i);
        const auto first =
            std::find_if(devices.begin(), end, [&](const Device& d) { return d.name == devices[i].name; });
        if (first == end || devices[i].name.empty()) continue;
        const auto where = std::to_string(first - devices.begin());
        list.item(i).member("name").fault(quote(devices[i].name) + " is the name of board." + what + "[" +
                                          where + "] too");
    }
}

/// A device that is named in part, or twice.
void judge_hardware(const Board& board, const Report& root) {
    const auto half = [](const auto& gpio, const Report& at) {
        if (gpio.chip.empty() != gpio.line.empty() && at.clean())
            at.fault(gpio.chip.empty() ? "has a line but no chip" : "has a chip but no line");
    };
    const Report report = root.member("board");
    for (std::size_t i = 0; i < board.buttons.size(); ++i) {
        const Button& button = board.buttons[i];
        const Report at = report.member("buttons").item(i);
        half(button.gpio, at.member("gpio"));
        if (button.key.device.empty() != button.key.code.empty())
            at.member("key").fault(button.key.code.empty() ? "has a device but no code"
                                                           : "has a code but no device");
        if (!button.gpio.chip.empty() && !button.key.device.empty())
            at.fault("has both gpio and key: one is enough");
    }
    half(board.lamp.gpio, report.member("lamp").member("gpio"));
    if (!board.lamp.led.empty() && !board.lamp.gpio.chip.empty())
        report.member("lamp").fault("has both led and gpio: one is enough");
    for (std::size_t i = 0; i < board.relays.size(); ++i)
        half(board.relays[i].gpio, report.member("relays").item(i).member("gpio"));
}

/// A line of a chip has one use: the kernel gives it to nobody else.
void judge_lines(const Board& board, const Report& root) {
    std::map<std::pair<std::string, std::string>, std::string> users;
    const auto use = [&](const auto& gpio, const Report& at, const std::string& path) {
        if (gpio.chip.empty() || gpio.line.empty()) return;
        const auto [first, is_first] = users.try_emplace({gpio.chip, gpio.line}, path);
        if (!is_first)
            at.member("gpio").fault("line " + quote(gpio.line) + " of " + quote(gpio.chip) + " is that of " +
                                    first->second + " too");
    };
    const Report report = root.member("board");
    for (std::size_t i = 0; i < board.buttons.size(); ++i)
        use(board.buttons[i].gpio, report.member("buttons").item(i),
            "board.buttons[" + std::to_string(i) + "]");
    use(board.lamp.gpio, report.member("lamp"), "board.lamp");
    for (std::size_t i = 0; i < board.relays.size(); ++i)
        use(board.relays[i].gpio, report.member("relays").item(i), "board.relays[" + std::to_string(i) + "]");
}

void judge_camera(const Camera& camera, const Report& root) {
    const Report at = root.member("board").member("camera");
    if (camera.width % 2 != 0) at.member("width").fault(std::to_string(camera.width) + " is odd");
    if (camera.height % 2 != 0) at.member("height").fault(std::to_string(camera.height) + " is odd");
    if (camera.rotation % 90 != 0)
        at.member("rotation").fault(std::to_string(camera.rotation) + " is none of 0, 90, 180, 270");
}

void judge_media(const json::Value& file, Media& media, const Report& root) {
    if (media.floor_kbps <= media.bitrate_kbps || !root.clean("media.bitrate")) return;
    const json::Value* section = file.find("media");
    if (section && section->find("bitrateFloor") && root.clean("media.bitrateFloor"))
        root.member("media")
            .member("bitrateFloor")
            .fault(std::to_string(media.floor_kbps) + " kbit/s is above media.bitrate (" +
                   std::to_string(media.bitrate_kbps) + " kbit/s)");
    media.floor_kbps = media.bitrate_kbps;  // the default gives way
}

void judge_board(const Board& board, const Report& root) {
    judge_names(board.buttons, "buttons", root);
    judge_names(board.relays, "relays", root);
    for (std::size_t i = 0; i < board.buttons.size(); ++i)
        if (!board.buttons[i].contact.empty() && !board.buttons[i].open_id.empty())
            root.member("board").member("buttons").item(i).fault(
                "has both contact and openId: one is enough");
}

void judge_api(const Api& api, const Report& root) {
    if (!api.observe_group.empty() && api.observe_group == api.control_group &&
        root.clean("api.controlGroup"))
        root.member("api")
            .member("observeGroup")
            .fault("is the control group too: its members could do everything");
}

void judge(const json::Value& file, Config& config, const LoadOptions& options, const Report& root) {
    judge_identity(config, options, root);
    judge_times(file, config.call, root);
    judge_quiet_hours(config.call.quiet_hours, root);
    judge_board(config.board, root);
    judge_hardware(config.board, root);
    judge_lines(config.board, root);
    judge_camera(config.board.camera, root);
    judge_media(file, config.media, root);
    judge_api(config.api, root);
}

}  // namespace

Loaded<Config> load(std::string_view text, const LoadOptions& options) {
    return load_by_description<Config>(text, [&](const json::Value& file, Config& config,
                                                 const Report& root) { judge(file, config, options, root); });
}

Loaded<Config> load_file(const std::filesystem::path& file, const LoadOptions& options) {
    const auto text = read_file(file, max_file_bytes);
    if (!text) return unreadable(text.error());
    return load(*text, options);
}

json::Value encode(const Config& config) {
    return encode_by_description(config);
}
Reloaded reload(const Config& running, const Config& fresh) {
    Reloaded outcome{running, {}, {}};
    Reloader<Config> reloader(outcome.config, fresh, "");
    describe(reloader, static_cast<const Config*>(nullptr));
    outcome.applied = std::move(reloader.applied);
    outcome.needs_restart = std::move(reloader.needs_restart);
    return outcome;
}
std::vector<OptionInfo> daemon_options() {
    return list_options<Config>();
}

}  // namespace voip::config
