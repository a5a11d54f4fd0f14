#include <chrono>

#include "protocol/limits.hpp"
#include "tests/unit/config/support.hpp"

namespace {

using namespace voip;
using namespace voip::config;
using namespace voip::config::test;

constexpr LoadOptions demo{.demo = true};

/// A file without fault but for the given sections.
std::string file_with(const std::string& sections) {
    return R"({"device": {"sn": "SN-1", "modelId": "m", "appId": "wx1"}, "service": {"url": "https://h"}, )" +
           sections + "}";
}

void check_each(const std::vector<Bad>& cases, const LoadOptions& options = demo) {
    for (const Bad& bad : cases) {
        INFO(bad.text);
        CHECK(lines(load(bad.text, options)) == bad.faults);
    }
}

}  // namespace

TEST_CASE("config: an empty object is the demo's configuration, every option at its default",
          "[config][unit]") {
    const Config config = whole(load("{}", demo));
    CHECK(config == Config{});
    CHECK(config.call.ring == limits::ring_time);
    CHECK(config.call.join == limits::join_time);
    CHECK(config.call.hunt == limits::hunt_time);
    CHECK(config.api.max_clients == static_cast<std::int64_t>(limits::local_clients));
    CHECK(config.board.driver == "linux");
    CHECK(config.log.text() == "*:info");
}

TEST_CASE("config: without the demo 4 options are required, with engine none 1", "[config][unit]") {
    CHECK(lines(load("{}")) == std::vector<std::string>{"device.sn: required", "device.modelId: required",
                                                        "device.appId: required", "service.url: required"});
    CHECK(lines(load(R"({"call": {"engine": "none"}})")) == std::vector<std::string>{"device.sn: required"});
    CHECK(lines(load(R"({"device": {"sn": 5}, "call": {"engine": "none"}})")) ==
          std::vector<std::string>{"device.sn: must be a string, not an integer: write \"5\""});
    CHECK(whole(load(R"({"device": {"sn": "a"}, "call": {"engine": "none"}})")).device.sn == "a");
}

TEST_CASE("config: every option of a file arrives in its member", "[config][unit]") {
    const Config config = whole(load(R"({
        // both kinds of comments are taken
        "device": {"sn": "A_b-9", "modelId": "model", "appId": "wx1", "name": "门", "registration": "wmpf"},
        "service": {"url": "https://[::1]:8443/", "ca": "/etc/ca.pem"}, /* here too */
        "call": {"engine": "none", "ringSeconds": 0.5, "joinSeconds": 1, "huntSeconds": 0.25, "timeLimit": 86400,
                 "autoAnswer": 0, "quietHours": [{"from": "22:00", "to": "07:30", "action": "reject"}]},
        "board": {"driver": "sim", "lamp": false, "camera": false, "microphone": false, "speaker": false,
                  "ringTone": false, "sim": {"script": "/tmp/s.json"},
                  "buttons": [{"name": "a", "contact": "x", "roomType": "voice", "longPressSeconds": 0.3},
                              {"name": "b", "openId": "o"},
                              {"name": "c", "gpio": {"chip": "gpiochip0", "line": "17", "activeLow": true,
                                                     "bias": "pull-up", "debounceSeconds": 0}},
                              {"name": "d", "key": {"device": "/dev/input/event0", "code": "KEY_ENTER"}}],
                  "relays": [{"name": "door", "maxSeconds": 2.125, "fromCall": true,
                              "gpio": {"chip": "label", "line": "DOOR", "activeLow": true}}]},
        "media": {"enabled": false, "program": "/bin/m", "echo": false, "noise": false, "gain": false,
                  "playoutDelay": 120, "bitrate": 50, "bitrateFloor": 50, "display": "fake",
                  "addresses": ["127.0.0.1", "::1"], "reconnectSeconds": 7.5},
        "api": {"socket": "/s", "controlGroup": "", "observeGroup": "w", "maxClients": 1},
        "log": {"level": "err", "areas": {"call": "debug", "api": "notice"}}
    })"));
    CHECK(config.device == Device{"A_b-9", "model", "wx1", "门", Registration::wmpf});
    CHECK(config.service == Service{"https://[::1]:8443/", "/etc/ca.pem"});
    CHECK(config.call.engine == Engine::none);
    CHECK(config.call.ring == 500ms);
    CHECK(config.call.join == 1s);
    CHECK(config.call.hunt == 250ms);
    CHECK(config.call.time_limit_s == 86400);
    CHECK(config.call.auto_answer == Duration(0));
    CHECK(config.call.quiet_hours == std::vector<QuietHours>{{1320, 450, QuietAction::reject}});
    CHECK(config.board.driver == "sim");
    const GpioInput gpio{"gpiochip0", "17", true, Bias::pull_up, 0ms};
    CHECK(
        config.board.buttons ==
        std::vector<Button>{{"a", "x", "", RoomType::voice, 300ms, {}, {}},
                            {"b", "", "o", RoomType::video, 1500ms, {}, {}},
                            {"c", "", "", RoomType::video, 1500ms, gpio, {}},
                            {"d", "", "", RoomType::video, 1500ms, {}, {"/dev/input/event0", "KEY_ENTER"}}});
    CHECK(config.board.relays == std::vector<Relay>{{"door", 2125ms, true, {"label", "DOOR", true}}});
    CHECK(config.board.sim.script == "/tmp/s.json");
    const Board& board = config.board;
    CHECK_FALSE((board.lamp.enabled || board.camera.enabled || board.microphone.enabled ||
                 board.speaker.enabled || board.ring_tone.enabled));
    CHECK(config.media ==
          Media{false, "/bin/m", false, false, false, 120, 50, 50, "fake", {"127.0.0.1", "::1"}, 7500ms});
    CHECK(config.api == Api{"/s", "", "w", 1});
    CHECK(config.log.text() == "call:debug,api:notice,*:err");
}

TEST_CASE("config: a device of the board is switched by a word, or described by an object",
          "[config][unit]") {
    const Config config = whole(load(R"({"board": {"driver": "sim", "lamp": {"led": "call"},
        "camera": {"device": "/dev/video0", "format": "h264", "width": 1280, "height": 720, "fps": 30,
                   "rotation": 270},
        "microphone": {"device": "plughw:1"}, "speaker": {"enabled": false, "device": "hw:0", "volume": 0},
        "ringTone": {"file": "/usr/share/ring.wav"}}, "media": {"bitrate": 60}})",
                                     {.demo = true}));
    const Board& board = config.board;
    CHECK(board.lamp == Lamp{true, "call", {}});
    CHECK(board.camera == Camera{true, "/dev/video0", CameraFormat::h264, 1280, 720, 30, 270});
    CHECK(board.microphone == Microphone{true, "plughw:1"});
    CHECK(board.speaker == Speaker{false, "hw:0", 0});
    CHECK(board.ring_tone == RingTone{true, "/usr/share/ring.wav"});
    CHECK(config.media.floor_kbps == 60);  // the default gives way to a low ceiling
}

TEST_CASE("config: a line of a chip that 2 devices want is a fault of the second", "[config][unit]") {
    CHECK(lines(load(R"({"board": {
        "buttons": [{"name": "a", "gpio": {"chip": "gpiochip0", "line": "17"}},
                    {"name": "b", "gpio": {"chip": "gpiochip0", "line": "17"}},
                    {"name": "c", "gpio": {"chip": "gpiochip1", "line": "17"}}],
        "lamp": {"gpio": {"chip": "gpiochip0", "line": "27"}},
        "relays": [{"name": "r", "gpio": {"chip": "gpiochip0", "line": "27"}},
                   {"name": "s", "gpio": {"chip": "gpiochip0", "line": "28"}}]}})",
                     {.demo = true})) ==
          std::vector<std::string>{
              "board.buttons[1].gpio: line \"17\" of \"gpiochip0\" is that of board.buttons[0] too",
              "board.relays[0].gpio: line \"27\" of \"gpiochip0\" is that of board.lamp too"});
}

TEST_CASE("config: hardware that is named in part or twice is 8 faults", "[config][unit]") {
    CHECK(lines(load(R"({"board": {
        "buttons": [{"name": "a", "gpio": {"chip": "gpiochip0"}}, {"name": "b", "gpio": {"line": "3"}},
                    {"name": "c", "key": {"code": "KEY_A"}},
                    {"name": "d", "gpio": {"chip": "x", "line": "1"}, "key": {"device": "/dev/i", "code": "1"}}],
        "lamp": {"led": "call", "gpio": {"chip": "x", "line": "2"}},
        "relays": [{"name": "r", "gpio": {"line": "9"}}],
        "camera": {"width": 641, "rotation": 45}}})",
                     {.demo = true})) ==
          std::vector<std::string>{"board.buttons[0].gpio: has a chip but no line",
                                   "board.buttons[1].gpio: has a line but no chip",
                                   "board.buttons[2].key: has a code but no device",
                                   "board.buttons[3]: has both gpio and key: one is enough",
                                   "board.lamp: has both led and gpio: one is enough",
                                   "board.relays[0].gpio: has a line but no chip",
                                   "board.camera.width: 641 is odd",
                                   "board.camera.rotation: 45 is none of 0, 90, 180, 270"});
    CHECK(lines(load(R"({"board": {"lamp": {"led": "a/b"}}, "media": {"bitrate": 60, "bitrateFloor": 61}})",
                     {.demo = true})) ==
          std::vector<std::string>{"board.lamp.led: \"a/b\" has a slash",
                                   "media.bitrateFloor: 61 kbit/s is above media.bitrate (60 kbit/s)"});
}

TEST_CASE("config: what encode() writes is read as the same configuration", "[config][unit]") {
    const std::string text =
        file_with(R"("call": {"ringSeconds": 0.1, "autoAnswer": 0.007, "huntSeconds": 0.1,
        "quietHours": [{"from": "00:00", "to": "23:59"}]},
        "board": {"buttons": [{"name": "a"}], "relays": [{"name": "r", "maxSeconds": 599.999}]},
        "log": {"areas": {"x": "debug"}})");
    const Config config = whole(load(text));
    CHECK(whole(load(json::write_pretty(encode(config)))) == config);
    CHECK(whole(load(json::write(encode(Config{})), demo)) == Config{});
}

TEST_CASE("config: 12 texts that are no JSON object are refused with their place", "[config][unit]") {
    check_each({
        {"", {"line 1, column 1: The document is empty."}},
        {"// nothing", {"line 1, column 11: The document is empty."}},
        {"[]", {"must be an object, not an array"}},
        {"null", {"must be an object, not null"}},
        {"7", {"must be an object, not an integer"}},
        {"7.5", {"must be an object, not a fraction"}},
        {"true", {"must be an object, not a boolean"}},
        {R"("x")", {"must be an object, not a string"}},
        {"{\n  \"log\": {\"level\": }\n}", {"line 2, column 20: Invalid value."}},
        {R"({"log": {}} x)", {"line 1, column 13: The document root must not be followed by other values."}},
        {R"({"log": {}, "log": {}})", {"line 1, column 22: member \"log\" appears twice"}},
        {"{\"log\": {\"a\\nb\": 1, \"a\\nb\": 2}}", {"line 1, column 30: member \"a?b\" appears twice"}},
    });
}

TEST_CASE("config: a file above 256 KiB and one nested too deeply are refused", "[config][unit]") {
    const std::string blanks(max_file_bytes, ' ');
    CHECK(lines(load("{}" + blanks, demo)).size() == 1);
    CHECK(lines(load("{}" + blanks.substr(2), demo)).empty());
    CHECK(lines(load(std::string(64, '[') + std::string(64, ']'), demo)).size() == 1);
}

TEST_CASE("config: 18 sections that are no object or list are refused", "[config][unit]") {
    check_each({
        {R"({"device": []})", {"device: must be an object, not an array"}},
        {R"({"service": "x"})", {"service: must be an object, not a string"}},
        {R"({"call": 1})", {"call: must be an object, not an integer"}},
        {R"({"board": null})", {"board: must be an object, not null"}},
        {R"({"media": false})", {"media: must be an object, not a boolean"}},
        {R"({"api": 1.5})", {"api: must be an object, not a fraction"}},
        {R"({"log": "debug"})", {"log: must be an object, not a string"}},
        {R"({"board": {"sim": 1}})", {"board.sim: must be an object, not an integer"}},
        {R"({"board": {"buttons": {}}})", {"board.buttons: must be a list of objects, not an object"}},
        {R"({"board": {"buttons": "a"}})", {"board.buttons: must be a list of objects, not a string"}},
        {R"({"board": {"buttons": ["a"]}})", {"board.buttons[0]: must be an object, not a string"}},
        {R"({"board": {"buttons": [{"name": "a"}, null]}})",
         {"board.buttons[1]: must be an object, not null"}},
        {R"({"board": {"relays": 1}})", {"board.relays: must be a list of objects, not an integer"}},
        {R"({"board": {"relays": [[]]}})", {"board.relays[0]: must be an object, not an array"}},
        {R"({"call": {"quietHours": false}})", {"call.quietHours: must be a list of objects, not a boolean"}},
        {R"({"call": {"quietHours": [1]}})", {"call.quietHours[0]: must be an object, not an integer"}},
        {R"({"log": {"areas": []}})", {"log.areas: must be an object from area to level, not an array"}},
        {R"({"log": {"areas": "call:debug"}})",
         {"log.areas: must be an object from area to level, not a string"}},
    });
}

TEST_CASE("config: 14 unknown options are refused, near and misplaced ones with a hint", "[config][unit]") {
    check_each({
        {R"({"devise": {}})", {"devise: unknown option; did you mean \"device\"?"}},
        {R"({"Log": {}})", {"Log: unknown option; did you mean \"log\"?"}},
        {R"({"call": {"ringSecond": 5}})",
         {"call.ringSecond: unknown option; did you mean \"ringSeconds\"?"}},
        {R"({"call": {"ring_seconds": 5}})",
         {"call.ring_seconds: unknown option; did you mean \"ringSeconds\"?"}},
        {R"({"device": {"sN": "x"}})", {"device.sN: unknown option; did you mean \"sn\"?"}},
        {R"({"modelId": "x"})", {"modelId: unknown option; did you mean \"device.modelId\"?"}},
        {R"({"call": {"buttons": []}})", {"call.buttons: unknown option; did you mean \"board.buttons\"?"}},
        {R"({"board": {"longPressSeconds": 1}})",
         {"board.longPressSeconds: unknown option; did you mean \"board.buttons[].longPressSeconds\"?"}},
        {R"({"board": {"buttons": [{"name": "a", "pin": 4}]}})", {"board.buttons[0].pin: unknown option"}},
        {R"({"board": {"buttons": [{"nane": "a"}]}})",
         {"board.buttons[0].name: required",
          "board.buttons[0].nane: unknown option; did you mean \"name\"?"}},
        {R"({"loudness": 7})", {"loudness: unknown option"}},
        {R"({"": 7})", {"[\"\"]: unknown option"}},
        {R"({"log": {"a b": 1}})", {"log[\"a b\"]: unknown option"}},
        {R"({"log": {"a\u0000\u001b[2J\"": 1}})", {"log[\"a\\x00\\x1b[2J\\\"\"]: unknown option"}},
    });
}

TEST_CASE("config: 24 options of the wrong type are refused", "[config][unit]") {
    check_each({
        {R"({"device": {"sn": 12}})", {"device.sn: must be a string, not an integer: write \"12\""}},
        {R"({"device": {"sn": null}})", {"device.sn: must be a string, not null"}},
        {R"({"device": {"modelId": {}}})", {"device.modelId: must be a string, not an object"}},
        {R"({"device": {"registration": 1}})",
         {"device.registration: must be one of \"device-auth\", \"wmpf\", not an integer"}},
        {R"({"service": {"url": ["https://h"]}})", {"service.url: must be a string, not an array"}},
        {R"({"call": {"engine": true}})",
         {"call.engine: must be one of \"service\", \"none\", not a boolean"}},
        {R"({"call": {"ringSeconds": "60"}})",
         {"call.ringSeconds: must be a number of seconds, not a string"}},
        {R"({"call": {"joinSeconds": null}})", {"call.joinSeconds: must be a number of seconds, not null"}},
        {R"({"call": {"huntSeconds": []}})", {"call.huntSeconds: must be a number of seconds, not an array"}},
        {R"({"call": {"timeLimit": 1.5}})", {"call.timeLimit: must be a whole number, not a fraction"}},
        {R"({"call": {"timeLimit": false}})", {"call.timeLimit: must be a whole number, not a boolean"}},
        {R"({"call": {"autoAnswer": true}})",
         {"call.autoAnswer: must be false or a number of seconds, not true"}},
        {R"({"call": {"autoAnswer": "2"}})",
         {"call.autoAnswer: must be false or a number of seconds, not a string"}},
        {R"({"call": {"quietHours": [{"from": 22, "to": "07:00"}]}})",
         {"call.quietHours[0].from: must be a time of day like \"22:30\", not an integer"}},
        {R"({"board": {"driver": 1}})", {"board.driver: must be one of \"linux\", \"sim\", not an integer"}},
        {R"({"board": {"lamp": "yes"}})", {"board.lamp: must be true, false or an object, not a string"}},
        {R"({"board": {"camera": 1}})", {"board.camera: must be true, false or an object, not an integer"}},
        {R"({"board": {"buttons": [{"name": 1}]}})",
         {"board.buttons[0].name: must be a string, not an integer: write \"1\""}},
        {R"({"board": {"relays": [{"name": "a", "maxSeconds": "5"}]}})",
         {"board.relays[0].maxSeconds: must be a number of seconds, not a string"}},
        {R"({"media": {"bitrate": 600.0}})", {"media.bitrate: must be a whole number, not a fraction"}},
        {R"({"media": {"enabled": null}})", {"media.enabled: must be true or false, not null"}},
        {R"({"api": {"maxClients": "64"}})", {"api.maxClients: must be a whole number, not a string"}},
        {R"({"log": {"level": 7}})",
         {"log.level: must be one of \"err\", \"warning\", \"notice\", \"info\", \"debug\", not an integer"}},
        {R"({"log": {"areas": {"call": 7}}})",
         {"log.areas.call: must be one of \"err\", \"warning\", \"notice\", \"info\", \"debug\", not an "
          "integer"}},
    });
}

TEST_CASE("config: 22 numbers out of their range are refused, their borders are taken", "[config][unit]") {
    check_each({
        {R"({"call": {"ringSeconds": 0}})", {"call.ringSeconds: 0 is not from 0.1 to 600 s"}},
        {R"({"call": {"ringSeconds": 0.0999}})", {"call.ringSeconds: 0.0999 is not from 0.1 to 600 s"}},
        {R"({"call": {"ringSeconds": -1}})", {"call.ringSeconds: -1 is not from 0.1 to 600 s"}},
        {R"({"call": {"ringSeconds": 600.001}})", {"call.ringSeconds: 600.001 is not from 0.1 to 600 s"}},
        {R"({"call": {"ringSeconds": 1e15}})",
         {"call.ringSeconds: 1000000000000000 is not from 0.1 to 600 s"}},
        {R"({"call": {"joinSeconds": 121}})", {"call.joinSeconds: 121 is not from 0.1 to 120 s"}},
        {R"({"call": {"joinSeconds": 1e-9}})", {"call.joinSeconds: 0.000000001 is not from 0.1 to 120 s"}},
        {R"({"call": {"huntSeconds": 0}})", {"call.huntSeconds: 0 is not from 0.1 to 600 s"}},
        {R"({"call": {"timeLimit": -1}})", {"call.timeLimit: -1 is not from 0 to 86400 s"}},
        {R"({"call": {"timeLimit": 86401}})", {"call.timeLimit: 86401 is not from 0 to 86400 s"}},
        {R"({"call": {"timeLimit": 9223372036854775807}})",
         {"call.timeLimit: 9223372036854775807 is not from 0 to 86400 s"}},
        {R"({"call": {"autoAnswer": -0.1}})", {"call.autoAnswer: -0.1 is not from 0 to 600 s"}},
        {R"({"call": {"autoAnswer": 601}})", {"call.autoAnswer: 601 is not from 0 to 600 s"}},
        {R"({"board": {"buttons": [{"name": "a", "longPressSeconds": 0.2}]}})",
         {"board.buttons[0].longPressSeconds: 0.2 is not from 0.3 to 10 s"}},
        {R"({"board": {"buttons": [{"name": "a", "longPressSeconds": 11}]}})",
         {"board.buttons[0].longPressSeconds: 11 is not from 0.3 to 10 s"}},
        {R"({"board": {"relays": [{"name": "a", "maxSeconds": 0.05}]}})",
         {"board.relays[0].maxSeconds: 0.05 is not from 0.1 to 600 s"}},
        {R"({"board": {"relays": [{"name": "a", "maxSeconds": 3600}]}})",
         {"board.relays[0].maxSeconds: 3600 is not from 0.1 to 600 s"}},
        {R"({"media": {"bitrate": 49}})", {"media.bitrate: 49 is not from 50 to 8000 kbit/s"}},
        {R"({"media": {"bitrate": 8001}})", {"media.bitrate: 8001 is not from 50 to 8000 kbit/s"}},
        {R"({"api": {"maxClients": 0}})", {"api.maxClients: 0 is not from 1 to 1024"}},
        {R"({"api": {"maxClients": 1025}})", {"api.maxClients: 1025 is not from 1 to 1024"}},
        {R"({"api": {"maxClients": -9223372036854775808}})",
         {"api.maxClients: -9223372036854775808 is not from 1 to 1024"}},
    });
    for (const char* good : {R"({"call": {"ringSeconds": 0.1}})", R"({"call": {"ringSeconds": 600}})",
                             R"({"call": {"timeLimit": 1}})", R"({"call": {"joinSeconds": 120}})",
                             R"({"media": {"bitrate": 8000}})", R"({"api": {"maxClients": 1024}})",
                             R"({"board": {"buttons": [{"name": "a", "longPressSeconds": 10}]}})",
                             R"({"call": {"autoAnswer": 59.9}})"})
        CHECK(lines(load(good, demo)).empty());
}

TEST_CASE("config: 33 texts that break their rule are refused", "[config][unit]") {
    const std::string sn_129(129, 'x');
    const std::string path_108 = "/" + std::string(107, 'x');
    check_each({
        {R"({"device": {"sn": "a b"}})", {"device.sn: \"a b\" has a character outside 0-9 A-Z a-z _ -"}},
        {R"({"device": {"sn": "锁"}})", {"device.sn: \"锁\" has a character outside 0-9 A-Z a-z _ -"}},
        {R"({"device": {"sn": ")" + sn_129 + R"("}})",
         {"device.sn: \"" + sn_129.substr(0, 40) + "...\" is longer than 128 bytes"}},
        {R"({"device": {"modelId": "a\nb"}})", {"device.modelId: \"a\\x0ab\" has a control character"}},
        {R"({"device": {"appId": "\u007f"}})", {"device.appId: \"\\x7f\" has a control character"}},
        {R"({"device": {"registration": "deviceauth"}})",
         {"device.registration: \"deviceauth\" is none of \"device-auth\", \"wmpf\"; did you mean "
          "\"device-auth\"?"}},
        {R"({"device": {"registration": ""}})",
         {"device.registration: \"\" is none of \"device-auth\", \"wmpf\""}},
        {R"({"service": {"url": "http://h"}})", {"service.url: \"http://h\" does not start with https://"}},
        {R"({"service": {"url": "https://"}})",
         {"service.url: \"https://\" is neither a host name nor an address"}},
        {R"({"service": {"url": "https://u:p@h"}})", {"service.url: \"https://u:p@h\" must not name a user"}},
        {R"({"service": {"url": "https://h/path"}})",
         {"service.url: \"https://h/path\" must end after host and port"}},
        {R"({"service": {"url": "https://h?x"}})",
         {"service.url: \"https://h?x\" must end after host and port"}},
        {R"({"service": {"url": "https://h:0"}})", {"service.url: \"https://h:0\" has port 0"}},
        {R"({"service": {"url": "https://h:65536"}})",
         {"service.url: \"https://h:65536\" has no port from 0 to 65535 after the colon"}},
        {R"({"service": {"url": "https://h:"}})",
         {"service.url: \"https://h:\" has no port from 0 to 65535 after the colon"}},
        {R"({"service": {"url": "https://::1"}})",
         {"service.url: \"https://::1\" is an IPv6 address without brackets"}},
        {R"({"service": {"url": "https://[::1"}})",
         {"service.url: \"https://[::1\" has no ] after its IPv6 address"}},
        {R"({"service": {"url": "https://a b"}})",
         {"service.url: \"https://a b\" has a character that no URL has"}},
        {R"({"service": {"ca": "ca.pem"}})", {"service.ca: \"ca.pem\" is no absolute path"}},
        {R"({"service": {"ca": "/a\u0000b"}})", {"service.ca: \"/a\\x00b\" has a control character"}},
        {R"({"call": {"engine": "wmpf-sdk"}})",
         {"call.engine: \"wmpf-sdk\" is none of \"service\", \"none\""}},
        {R"({"call": {"quietHours": [{"from": "24:00", "to": "7:00"}]}})",
         {"call.quietHours[0].from: \"24:00\" is no time of day from \"00:00\" to \"23:59\"",
          "call.quietHours[0].to: \"7:00\" is no time of day from \"00:00\" to \"23:59\""}},
        {R"({"call": {"quietHours": [{"from": "22:60", "to": "-1:00", "action": "quiet"}]}})",
         {"call.quietHours[0].from: \"22:60\" is no time of day from \"00:00\" to \"23:59\"",
          "call.quietHours[0].to: \"-1:00\" is no time of day from \"00:00\" to \"23:59\"",
          "call.quietHours[0].action: \"quiet\" is none of \"silent\", \"reject\""}},
        {R"({"board": {"driver": "simm"}})",
         {"board.driver: \"simm\" is none of \"linux\", \"sim\"; did you mean \"sim\"?"}},
        {R"({"board": {"driver": ""}})", {"board.driver: \"\" is none of \"linux\", \"sim\""}},
        {R"({"board": {"buttons": [{"name": ""}]}})", {"board.buttons[0].name: must not be empty"}},
        {R"({"board": {"buttons": [{"name": "a", "roomType": "Video"}]}})",
         {"board.buttons[0].roomType: \"Video\" is none of \"voice\", \"video\"; did you mean \"video\"?"}},
        {R"({"board": {"sim": {"script": "./s"}}})", {"board.sim.script: \"./s\" is no absolute path"}},
        {R"({"api": {"socket": ""}})", {"api.socket: must not be empty"}},
        {R"({"api": {"socket": ")" + path_108 + R"("}})",
         {"api.socket: \"" + path_108.substr(0, 40) + "...\" is longer than 107 bytes"}},
        {R"({"api": {"controlGroup": "9lives"}})", {"api.controlGroup: \"9lives\" is no group's name"}},
        {R"({"log": {"level": "warn"}})",
         {"log.level: \"warn\" is none of \"err\", \"warning\", \"notice\", \"info\", \"debug\""}},
        {R"({"log": {"areas": {"Call": "debgu"}}})",
         {"log.areas.Call: \"Call\" is no name of a-z 0-9 _ - with at most 32 characters",
          "log.areas.Call: \"debgu\" is none of \"err\", \"warning\", \"notice\", \"info\", \"debug\"; did "
          "you mean "
          "\"debug\"?"}},
    });
}

TEST_CASE("config: 12 contradictions are refused", "[config][unit]") {
    check_each({
        {R"({"call": {"huntSeconds": 60.5}})", {"call.huntSeconds: 60.5 s is above call.ringSeconds (60 s)"}},
        {R"({"call": {"ringSeconds": 20, "huntSeconds": 30}})",
         {"call.huntSeconds: 30 s is above call.ringSeconds (20 s)"}},
        {R"({"call": {"autoAnswer": 60}})",
         {"call.autoAnswer: 60 s is not below call.ringSeconds (60 s): it would never happen"}},
        {R"({"call": {"ringSeconds": 1, "autoAnswer": 2}})",
         {"call.autoAnswer: 2 s is not below call.ringSeconds (1 s): it would never happen"}},
        {R"({"call": {"quietHours": [{"from": "07:00", "to": "07:00"}]}})",
         {"call.quietHours[0]: from and to are the same time"}},
        {R"({"call": {"quietHours": [{"from": "22:00", "to": "07:00"}, {"from": "06:59", "to": "08:00"}]}})",
         {"call.quietHours[1]: overlaps call.quietHours[0]"}},
        {R"({"call": {"quietHours": [{"from": "12:00", "to": "13:00"}, {"from": "11:00", "to": "14:00"}]}})",
         {"call.quietHours[1]: overlaps call.quietHours[0]"}},
        {R"({"board": {"buttons": [{"name": "a", "contact": "x", "openId": "y"}]}})",
         {"board.buttons[0]: has both contact and openId: one is enough"}},
        {R"({"board": {"buttons": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}})",
         {"board.buttons[2].name: \"a\" is the name of board.buttons[0] too"}},
        {R"({"board": {"relays": [{"name": "r"}, {"name": "r"}]}})",
         {"board.relays[1].name: \"r\" is the name of board.relays[0] too"}},
        {R"({"api": {"controlGroup": "g", "observeGroup": "g"}})",
         {"api.observeGroup: is the control group too: its members could do everything"}},
        {R"({"api": {"observeGroup": "voip"}})",
         {"api.observeGroup: is the control group too: its members could do everything"}},
    });
}

TEST_CASE("config: a contradiction is not reported about an option that is at fault itself",
          "[config][unit]") {
    check_each({
        {R"({"call": {"ringSeconds": "x", "huntSeconds": 90, "autoAnswer": 70}})",
         {"call.ringSeconds: must be a number of seconds, not a string"}},
        {R"({"call": {"quietHours": [{"from": "07:00"}]}})", {"call.quietHours[0].to: required"}},
        {R"({"api": {"controlGroup": 1, "observeGroup": "voip"}})",
         {"api.controlGroup: must be a string, not an integer: write \"1\""}},
        {R"({"board": {"buttons": [{"name": 1}, {"name": 2}]}})",
         {"board.buttons[0].name: must be a string, not an integer: write \"1\"",
          "board.buttons[1].name: must be a string, not an integer: write \"2\""}},
        {R"({"board": {"buttons": [{"name": "a", "gpio": {"chip": "gpiochip0", "line": 17}}]}})",
         {"board.buttons[0].gpio.line: must be a string, not an integer: write \"17\""}},
    });
}

TEST_CASE("config: neighbouring quiet hours are no contradiction, also over midnight", "[config][unit]") {
    CHECK(
        lines(
            load(
                R"({"call": {"quietHours": [{"from": "22:00", "to": "07:00"}, {"from": "07:00", "to": "08:00"},
                        {"from": "21:00", "to": "22:00", "action": "reject"}]}})",
                demo))
            .empty());
}

TEST_CASE("config: a hunt time that was not given gives way to a shorter ring time", "[config][unit]") {
    CHECK(whole(load(R"({"call": {"ringSeconds": 5}})", demo)).call.hunt == 5s);
    CHECK(whole(load(R"({"call": {"ringSeconds": 90}})", demo)).call.hunt == 30s);
}

TEST_CASE("config: at most 64 buttons, 16 relays, 16 quiet hours and 64 areas", "[config][unit]") {
    const auto list = [](const std::string& open, std::size_t n, const auto& entry,
                         const std::string& close) {
        std::string text = open;
        for (std::size_t i = 0; i < n; ++i) text += (i ? ", " : "") + entry(i);
        return text + close;
    };
    const auto named = [](std::size_t i) { return "{\"name\": \"n" + std::to_string(i) + "\"}"; };
    const auto area = [](std::size_t i) { return "\"a" + std::to_string(i) + "\": \"info\""; };
    const auto hours = [](std::size_t i) {
        const auto two = [](std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        return "{\"from\": \"" + two(i) + ":00\", \"to\": \"" + two(i) + ":30\"}";
    };
    CHECK(lines(load(list(R"({"board": {"buttons": [)", 64, named, "]}}"), demo)).empty());
    CHECK(lines(load(list(R"({"board": {"buttons": [)", 65, named, "]}}"), demo)) ==
          std::vector<std::string>{"board.buttons: 65 entries, at most 64"});
    CHECK(lines(load(list(R"({"board": {"relays": [)", 16, named, "]}}"), demo)).empty());
    CHECK(lines(load(list(R"({"board": {"relays": [)", 17, named, "]}}"), demo)) ==
          std::vector<std::string>{"board.relays: 17 entries, at most 16"});
    CHECK(lines(load(list(R"({"call": {"quietHours": [)", 16, hours, "]}}"), demo)).empty());
    CHECK(lines(load(list(R"({"call": {"quietHours": [)", 17, hours, "]}}"), demo)) ==
          std::vector<std::string>{"call.quietHours: 17 entries, at most 16"});
    CHECK(lines(load(list(R"({"log": {"areas": {)", 64, area, "}}}"), demo)).empty());
    CHECK(lines(load(list(R"({"log": {"areas": {)", 65, area, "}}}"), demo)) ==
          std::vector<std::string>{"log.areas: 65 areas, at most 64"});
}

TEST_CASE("config: 9 faults of one file are reported in one run, each with its path", "[config][unit]") {
    const std::string text = R"({
        "device": {"sn": "bad sn", "modelId": "m"},
        "service": {"url": "http://h"},
        "call": {"ringSeconds": 0, "autoAnswr": 2},
        "board": {"buttons": [{"name": "a", "contact": 5}, {"name": "a"}]},
        "api": {"observeGroup": "voip"},
        "colour": "red"
    })";
    CHECK(lines(load(text)) ==
          std::vector<std::string>{
              "device.sn: \"bad sn\" has a character outside 0-9 A-Z a-z _ -",
              "service.url: \"http://h\" does not start with https://",
              "call.ringSeconds: 0 is not from 0.1 to 600 s",
              "call.autoAnswr: unknown option; did you mean \"autoAnswer\"?",
              "board.buttons[0].contact: must be a string, not an integer: write \"5\"",
              "colour: unknown option",
              "device.appId: required",
              "board.buttons[1].name: \"a\" is the name of board.buttons[0] too",
              "api.observeGroup: is the control group too: its members could do everything",
          });
}

TEST_CASE("config: a file that is not there or is a folder is one fault", "[config][unit]") {
    CHECK(lines(load_file("/nonexistent/config.json")) ==
          std::vector<std::string>{"/nonexistent/config.json: not found"});
    CHECK(lines(load_file("/")).size() == 1);
    CHECK(lines(load_service_file("/nonexistent/c.json")) ==
          std::vector<std::string>{"/nonexistent/c.json: not found"});
}

TEST_CASE("config: quiet hours include their first minute, not their last, and go over midnight",
          "[config][unit]") {
    const QuietHours day{8 * 60, 9 * 60, QuietAction::silent};
    CHECK_FALSE(day.contains(479));
    CHECK(day.contains(480));
    CHECK(day.contains(539));
    CHECK_FALSE(day.contains(540));
    const QuietHours night{22 * 60, 7 * 60, QuietAction::silent};
    CHECK(night.contains(1320));
    CHECK(night.contains(0));
    CHECK(night.contains(419));
    CHECK_FALSE(night.contains(420));
    CHECK_FALSE(night.contains(1319));
}
