#include "daemon/media/program/messages.hpp"

#include <algorithm>
#include <limits>

#include "protocol/reader.hpp"
#include "protocol/room_codec.hpp"

namespace voip::media {
namespace {

constexpr TextRule path_rule{4096, 0};
constexpr TextRule name_rule{128, 0};
constexpr TextRule word_rule{32, 0};
constexpr TextRule address_rule{64, 1};
constexpr TextRule why_rule{128, 0};
constexpr std::int64_t max_generation = std::numeric_limits<std::int64_t>::max();

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

unsigned small(Reader& reader, std::string_view name, unsigned max, unsigned standard) {
    return static_cast<unsigned>(reader.optional_integer(name, 0, max).value_or(standard));
}

/// A device of the board: an object with `enabled`, or the word alone. Absent: there is none.
template <class Plan, class Read>
Plan read_device(Reader& board, std::string_view name, const Read& read) {
    Plan plan;
    const json::Value* value = board.peek(name);
    if (!value || value->as_bool()) {
        plan.enabled = value && *value->as_bool();
        return plan;
    }
    Reader device = board.object(name);
    plan.enabled = device.optional_boolean("enabled").value_or(true);
    read(device, plan);
    return plan;
}

void read_camera(Reader& reader, CameraPlan& plan) {
    const CameraPlan standard;
    plan.device = reader.optional_string("device", path_rule).value_or("");
    plan.format = reader.optional_string("format", word_rule).value_or(standard.format);
    if (!is_one_of(plan.format, {"auto", "h264", "raw"})) reader.refuse("format", "unknown word");
    plan.width = small(reader, "width", 4096, standard.width);
    plan.height = small(reader, "height", 4096, standard.height);
    plan.fps = small(reader, "fps", 60, standard.fps);
    plan.rotation = small(reader, "rotation", 270, standard.rotation);
    if (plan.rotation % 90 != 0) reader.refuse("rotation", "must be 0, 90, 180 or 270");
    if (plan.fps == 0) reader.refuse("fps", "must be at least 1");
}

void read_sound(Reader& reader, SoundPlan& plan) {
    plan.device = reader.optional_string("device", name_rule).value_or("");
    plan.volume = small(reader, "volume", 100, plan.volume);
}

void read_board(Reader& board, Prepare& prepare) {
    prepare.driver = board.string("driver", word_rule);
    prepare.camera = read_device<CameraPlan>(board, "camera", read_camera);
    prepare.microphone = read_device<SoundPlan>(board, "microphone", read_sound);
    prepare.speaker = read_device<SoundPlan>(board, "speaker", read_sound);
}

void read_media(Reader& media, Prepare& prepare) {
    prepare.echo = media.optional_boolean("echo").value_or(true);
    prepare.noise = media.optional_boolean("noise").value_or(true);
    prepare.gain = media.optional_boolean("gain").value_or(true);
    prepare.playout_delay_ms = small(media, "playoutDelay", 1000, 0);
    prepare.bitrate_kbps = small(media, "bitrate", 8000, prepare.bitrate_kbps);
    prepare.floor_kbps = small(media, "bitrateFloor", 8000, prepare.floor_kbps);
    if (prepare.bitrate_kbps < 50) media.refuse("bitrate", "must be at least 50");
    if (prepare.floor_kbps < 50) media.refuse("bitrateFloor", "must be at least 50");
    if (prepare.floor_kbps > prepare.bitrate_kbps) media.refuse("bitrateFloor", "above bitrate");
    prepare.display = media.optional_string("display", word_rule).value_or("");
    if (media.has("addresses")) prepare.addresses = media.strings("addresses", 16, address_rule);
    prepare.reconnect = from_seconds(media.optional_number("reconnectSeconds", 0.1, 600).value_or(40));
    prepare.record = media.optional_string("record", path_rule).value_or("");
}

std::vector<IceServer> read_ice_servers(Reader& reader, const json::Value& params) {
    if (!reader.has("iceServers")) return {};
    auto servers = decode_ice_servers(params);
    if (servers) return std::move(*servers);
    reader.refuse("iceServers", servers.error().err_msg);
    return {};
}

bool is_hardware(const SoundPlan& sound) {
    return !sound.enabled || sound.device.starts_with("hw:") || sound.device.starts_with("plughw:");
}

}  // namespace

bool needs_unix_sockets(const Prepare& prepare) noexcept {
    if (!is_one_of(prepare.display, {"", "fake", "kmssink", "fbdevsink"})) return true;
    if (prepare.driver == "sim") return false;
    return !is_hardware(prepare.microphone) || !is_hardware(prepare.speaker);
}

std::string_view to_string(State state) noexcept {
    switch (state) {
        case State::starting: return "starting";
        case State::flowing: return "flowing";
        case State::interrupted: return "interrupted";
        case State::failed: return "failed";
    }
    return "failed";
}

Answer<Prepare> decode_prepare(const json::Value& params) {
    Reader reader(params);
    Prepare prepare;
    prepare.generation = reader.integer("generation", 0, max_generation);
    Reader board = reader.object("board");
    read_board(board, prepare);
    Reader media = reader.object("media");
    read_media(media, prepare);
    const auto level = reader.optional_string("log", word_rule);
    if (level && !from_string(*level, prepare.log)) reader.refuse("log", "unknown word");
    return reader.finish(std::move(prepare));
}

Answer<Start> decode_start(const json::Value& params) {
    Reader reader(params);
    Start start;
    start.room_type = reader.word("roomType", room_type);
    start.camera = reader.boolean("camera");
    start.microphone = reader.boolean("microphone");
    const auto volume = reader.optional_integer("volume", 0, 100);
    if (volume) start.volume = static_cast<unsigned>(*volume);
    start.ice_servers = read_ice_servers(reader, params);
    return reader.finish(std::move(start));
}

Answer<Set> decode_set(const json::Value& params) {
    Reader reader(params);
    Set set;
    set.camera = reader.optional_boolean("camera");
    set.microphone = reader.optional_boolean("microphone");
    const auto volume = reader.optional_integer("volume", 0, 100);
    if (volume) set.volume = static_cast<unsigned>(*volume);
    return reader.finish(set);
}

Answer<Restart> decode_restart(const json::Value& params) {
    Reader reader(params);
    Restart restart;
    restart.ice_servers = read_ice_servers(reader, params);
    restart.why = reader.optional_string("why", why_rule).value_or("");
    return reader.finish(std::move(restart));
}

json::Value encode(const StateReport& report) {
    json::Value object;
    object.set("state", to_string(report.state)).set("camera", report.camera);
    object.set("microphone", report.microphone);
    if (report.err_code != 0) object.set("errCode", report.err_code);
    if (!report.err_msg.empty()) object.set("errMsg", report.err_msg);
    return object;
}

}  // namespace voip::media
