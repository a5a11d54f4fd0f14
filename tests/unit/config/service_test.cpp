#include "protocol/limits.hpp"
#include "tests/unit/config/support.hpp"

namespace {

using namespace voip;
using namespace voip::config;
using namespace voip::config::test;

void check_each_of_service(const std::vector<Bad>& cases) {
    for (const Bad& bad : cases) {
        INFO(bad.text);
        CHECK(lines(load_service(bad.text)) == bad.faults);
    }
}

}  // namespace

TEST_CASE("service config: an empty object is a whole configuration with the wire's defaults",
          "[config][unit]") {
    const ServiceConfig config = whole(load_service("{}"));
    CHECK(config == ServiceConfig{});
    CHECK(config.listen == ListenAddress{"127.0.0.1", 8443});
    CHECK(config.rooms.ring == limits::ring_time);
    CHECK(config.rooms.join == limits::join_time);
    CHECK(config.rooms.resume == limits::resume_time);
    CHECK(config.rooms.talk_alone == limits::talk_alone_time);
    CHECK(config.limits.dials_per_minute == limits::dials_per_minute);
    CHECK(config.limits.login_failures_per_minute == limits::login_failures_per_minute);
    CHECK(config.tokens.device == limits::device_token_life);
    CHECK(config.tokens.push == limits::push_token_life);
    CHECK(config.tokens.user == limits::user_token_life);
}

TEST_CASE("service config: every option of a file arrives in its member, and encode() writes it",
          "[config][unit]") {
    const ServiceConfig config = whole(load_service(R"({
        "listen": "[::1]:0", "stateDir": "/s", "names": ["a.example", "::1", "192.0.2.1"], "www": "/w",
        "tls": {"certificate": "/c", "key": "/k"},
        "rooms": {"ringSeconds": 0.5, "joinSeconds": 0.25, "resumeSeconds": 0.1, "talkAloneSeconds": 2},
        "limits": {"dialsPerMinute": 600, "loginFailuresPerMinute": 1, "connections": 2},
        "callDevice": {"open": true},
        "notify": {"url": "https://n:1/p?q", "secret": "0123456789abcdef", "ca": "/n"},
        "turn": {"urls": ["turn:t"], "secret": "fedcba9876543210", "ttlSeconds": 60},
        "tokens": {"deviceTokenSeconds": 1.5, "pushTokenSeconds": 2, "userTokenDays": 0.25},
        "log": {"level": "debug", "areas": {"rooms": "err"}}
    })"));
    CHECK(config.listen == ListenAddress{"::1", 0});
    CHECK(config.state_dir == "/s");
    CHECK(config.names == std::vector<std::string>{"a.example", "::1", "192.0.2.1"});
    CHECK(config.www == "/w");
    CHECK(config.tls == Tls{"/c", "/k"});
    CHECK(config.rooms == Rooms{500ms, 250ms, 100ms, 2s});
    CHECK(config.limits == Limits{600, 1, 2});
    CHECK(config.call_device.open);
    CHECK(config.notify == Notify{"https://n:1/p?q", "0123456789abcdef", "/n"});
    CHECK(config.turn == Turn{{"turn:t"}, "fedcba9876543210", 60s});
    CHECK(config.tokens == TokenLife{1500ms, 2s, 6h});
    CHECK(config.log.text() == "rooms:err,*:debug");
    CHECK(whole(load_service(json::write(encode(config)))) == config);
}

TEST_CASE("service config: 29 bad options are refused", "[config][unit]") {
    check_each_of_service({
        {R"({"listen": 8443})", {"listen: must be a string, not an integer"}},
        {R"({"listen": "8443"})", {"listen: \"8443\" has no port"}},
        {R"({"listen": ":8443"})", {"listen: \":8443\" is neither a host name nor an address"}},
        {R"({"listen": "h:http"})", {"listen: \"h:http\" has no port from 0 to 65535 after the colon"}},
        {R"({"listen": "[::1]"})", {"listen: \"[::1]\" has no port"}},
        {R"({"listen": "[x]:1"})", {"listen: \"[x]:1\" is neither a host name nor an address"}},
        {R"({"stateDir": ""})", {"stateDir: must not be empty"}},
        {R"({"stateDir": "state"})", {"stateDir: \"state\" is no absolute path"}},
        {R"({"names": "a"})", {"names: must be a list of strings, not a string"}},
        {R"({"names": ["a", 1, "b c", ""]})",
         {"names[1]: must be a string, not an integer: write \"1\"",
          "names[2]: \"b c\" is neither a host name nor an address", "names[3]: must not be empty"}},
        {R"({"names": ["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"]})",
         {"names: 17 entries, at most 16"}},
        {R"({"tls": {"certificate": "/c"}})", {"tls.key: required with tls.certificate"}},
        {R"({"tls": {"key": "/k"}})", {"tls.certificate: required with tls.key"}},
        {R"({"tls": {"certificate": "/c", "key": "k"}})", {"tls.key: \"k\" is no absolute path"}},
        {R"({"rooms": {"ringSeconds": 0}})", {"rooms.ringSeconds: 0 is not from 0.1 to 600 s"}},
        {R"({"rooms": {"resumeSeconds": 121}})", {"rooms.resumeSeconds: 121 is not from 0.1 to 120 s"}},
        {R"({"limits": {"dialsPerMinute": 0}})", {"limits.dialsPerMinute: 0 is not from 1 to 600"}},
        {R"({"limits": {"connexions": 5}})",
         {"limits.connexions: unknown option; did you mean \"connections\"?"}},
        {R"({"callDevice": {"open": 1}})", {"callDevice.open: must be true or false, not an integer"}},
        {R"({"notify": {"url": "https://n"}})", {"notify.secret: required with notify.url"}},
        {R"({"notify": {"secret": "0123456789abcdef"}})", {"notify.url: required with notify.secret"}},
        {R"({"notify": {"url": "https://n/#x", "secret": "0123456789abcdef"}})",
         {"notify.url: \"https://n/#x\" must not have a fragment (#)"}},
        {R"({"turn": {"urls": ["turn:t"]}})", {"turn.secret: required with the turn servers of turn.urls"}},
        {R"({"turn": {"secret": "0123456789abcdef"}})", {"turn.urls: has no turn server for turn.secret"}},
        {R"({"turn": {"urls": ["http://t", "turn:", "stun:s?transport=udp"]}})",
         {"turn.urls[0]: \"http://t\" does not start with stun:, turn: or turns:",
          "turn.urls[1]: \"turn:\" is neither a host name nor an address",
          "turn.urls[2]: \"stun:s?transport=udp\" has a query other than ?transport=udp or ?transport=tcp of "
          "a turn "
          "server"}},
        {R"({"tokens": {"userTokenDays": "30"}})",
         {"tokens.userTokenDays: must be a number of days, not a string"}},
        {R"({"tokens": {"userTokenDays": 0}})", {"tokens.userTokenDays: 0 is not from 0.001 to 366 d"}},
        {R"({"dev": {"allowLan": true}})", {"dev: unknown option"}},
        {R"({"device": {"sn": "x"}})", {"device: unknown option"}},
    });
}

TEST_CASE("service config: a secret is in no message, whatever is wrong with it", "[config][unit]") {
    const std::string long_secret(257, 's');
    check_each_of_service({
        {R"({"notify": {"url": "https://n", "secret": "hunter2"}})",
         {"notify.secret: the value is shorter than 16 bytes"}},
        {R"({"turn": {"urls": ["turn:t"], "secret": "hunter2-hunter2-\u0001"}})",
         {"turn.secret: the value has a control character"}},
        {R"({"turn": {"urls": ["turn:t"], "secret": ")" + long_secret + R"("}})",
         {"turn.secret: the value is longer than 256 bytes"}},
        {R"({"notify": {"url": "https://n", "secret": 1234567890123456}})",
         {"notify.secret: must be a string, not an integer"}},
    });
}
