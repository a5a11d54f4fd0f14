#include "hal/sim/script.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::sim;

namespace {

const ScriptTargets targets{{"bell", "x"}, {"button:bell", "button:x", "lamp", "relay:door", "ringer"}};

std::string faults(const std::string& text) {
    const auto script = parse_script(text, targets);
    if (script) return {};
    CHECK(script.error().is(Errc::bad_config));
    return script.error().context;
}

std::string steps(const std::string& list) {
    return R"({"steps": [)" + list + "]}";
}

}  // namespace

TEST_CASE("script: 7 kinds of steps are read and put in order of time", "[hal][unit]") {
    const auto script = parse_script(R"({
        // comments are taken
        "repeatSeconds": 60.5,
        "steps": [
            {"at": 50, "fail": "relay:door", "error": "timeout"},
            {"at": 51, "fail": "relay:door"},
            {"at": 2, "press": "bell"},
            {"at": 2.5, "press": "bell", "long": true},
            {"at": 2.5, "press": "x", "long": false},
            {"at": 20, "hold": "x"}, {"at": 20.4, "release": "x"},
            {"at": 30, "vanish": "lamp"}, {"at": 40, "return": "lamp"}
        ]})",
                                     targets);
    REQUIRE(script);
    using K = Step::Kind;
    const std::vector<Step> expected{{2s, K::press, "bell"},
                                     {2500ms, K::long_press, "bell"},
                                     {2500ms, K::press, "x"},
                                     {20s, K::hold, "x"},
                                     {20400ms, K::release, "x"},
                                     {30s, K::vanish, "lamp"},
                                     {40s, K::come_back, "lamp"},
                                     {50s, K::fail, "relay:door", Errc::timeout},
                                     {51s, K::fail, "relay:door", Errc::io}};
    CHECK(script->steps == expected);
    CHECK(script->repeat == Duration(60500ms));
}

TEST_CASE("script: an empty one is no fault", "[hal][unit]") {
    CHECK(faults("{}").empty());
    CHECK(faults(R"({"steps": []})").empty());
}

TEST_CASE("script: 21 faults are told with their place", "[hal][unit]") {
    CHECK(faults("") == "line 1, column 1: The document is empty.");
    CHECK(faults("[]") == "must be an object");
    CHECK(faults(R"({"step": []})") == "step: unknown member");
    CHECK(faults(R"({"steps": {}})") == "steps: must be a list");
    CHECK(faults(steps("1")) == "steps[0]: must be an object");
    CHECK(faults(steps(R"({"press": "bell"})")) == "steps[0]: has no \"at\"");
    CHECK(faults(steps(R"({"at": 1})")) ==
          "steps[0]: must have one of press, hold, release, vanish, return, fail");
    CHECK(faults(steps(R"({"at": 1, "press": "bell", "vanish": "lamp"})")) ==
          "steps[0]: must have one of press, hold, release, vanish, return, fail");
    CHECK(faults(steps(R"({"at": -1, "press": "bell"})")) ==
          "steps[0].at: must be a number of seconds from 0 to 604800");
    CHECK(faults(steps(R"({"at": 604801, "press": "bell"})")) ==
          "steps[0].at: must be a number of seconds from 0 to 604800");
    CHECK(faults(steps(R"({"at": "1", "press": "bell"})")) ==
          "steps[0].at: must be a number of seconds from 0 to 604800");
    CHECK(faults(steps(R"({"at": 1, "press": "door"})")) == "steps[0].press: names no button of the board");
    CHECK(faults(steps(R"({"at": 1, "press": 1})")) == "steps[0].press: names no button of the board");
    CHECK(faults(steps(R"({"at": 1, "vanish": "bell"})")) == "steps[0].vanish: names no device of the board");
    CHECK(faults(steps(R"({"at": 1, "press": "bell", "log": true})")) == "steps[0].log: unknown member");
    CHECK(faults(steps(R"({"at": 1, "press": "bell", "long": 1})")) ==
          "steps[0].long: is true or false, with press only");
    CHECK(faults(steps(R"({"at": 1, "hold": "bell", "long": true})")) ==
          "steps[0].long: is true or false, with press only");
    CHECK(faults(steps(R"({"at": 1, "fail": "lamp", "error": "bad"})")) ==
          "steps[0].error: is io, device_gone or timeout, with fail only");
    CHECK(faults(steps(R"({"at": 1, "vanish": "lamp", "error": "io"})")) ==
          "steps[0].error: is io, device_gone or timeout, with fail only");
    CHECK(faults(R"({"repeatSeconds": 0})") ==
          "repeatSeconds: is less than 0.1 or than the last step's time");
    CHECK(faults(R"({"repeatSeconds": 4, "steps": [{"at": 5, "press": "x"}]})") ==
          "repeatSeconds: is less than 0.1 or than the last step's time");
}

TEST_CASE("script: 3 faults of one script are told together", "[hal][unit]") {
    CHECK(faults(R"({"steps": [{"at": 1, "press": "a"}, {"press": "bell"}], "loop": 1})") ==
          "steps[0].press: names no button of the board; steps[1]: has no \"at\"; loop: unknown member");
}

TEST_CASE("script: more than 10000 steps are refused", "[hal][unit]") {
    std::string list;
    for (int i = 0; i < 10001; ++i) list += std::string(i ? "," : "") + "1";
    CHECK(faults(steps(list)) == "steps: more than 10000");
}
