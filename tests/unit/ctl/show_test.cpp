#include "daemon/ctl/show.hpp"

#include <cstdlib>
#include <ctime>

#include "tests/support/catch.hpp"

namespace voip::ctl {
namespace {

constexpr Look plain{};

json::Value read(std::string_view text) {
    auto value = json::parse(text);
    REQUIRE(value);
    return std::move(*value);
}

std::string shown(Show show, std::string_view text) {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    return show(read(text), plain);
}

constexpr std::string_view talking =
    R"({"roomId":"r-1","groupId":"r-1","callId":"c-1","phase":"talking","direction":"outgoing","roomType":"video",
        "businessType":1,"caller":{"id":"SN","name":"","cameraStatus":0},
        "listener":{"id":"o-1","name":"张三","cameraStatus":0},"chargeType":"duration","timeLimit":90,
        "since":1730000000123,"keepTime":75,"media":{"state":"flowing","camera":true,"microphone":false,
        "quality":{"sendKbps":612.4,"receiveKbps":431,"fps":15,"width":640,"height":480,"lossPercent":0.44,
        "roundTripMs":23,"jitterMs":3.52,"concealedPercent":0,"framesSent":180,"relayed":true}},"end":null})";
constexpr std::string_view ended =
    R"({"roomId":"r-1","phase":"ended","direction":"incoming","roomType":"voice","caller":{"id":"o-1","name":"A"},
        "listener":{"id":"SN","name":""},"media":{"state":"none","camera":false,"microphone":false},
        "end":{"eventName":"rejectVoip","status":"manual","origin":"","errCode":0,"errMsg":""}})";

}  // namespace

TEST_CASE("ctl show: status has device, channel, health and the call of 1:15", "[ctl][unit]") {
    const std::string all =
        std::string(R"({"device":{"sn":"SN","modelId":"M","registration":{"state":"registered"},
        "channel":{"state":"offline","since":1730000000123,"reason":"no route"}},
        "health":{"status":"degraded","parts":[{"name":"lamp","state":"down","since":1,"reason":"gone"},
        {"name":"channel","state":"ok","since":1,"reason":""}]},"room":)") +
        std::string(talking) + "}";
    CHECK(shown(&show_status, all) ==
          "device      SN (model M)\n"
          "registered  registered\n"
          "channel     offline since 2024-10-27 03:33:20: no route\n"
          "health      degraded; lamp down (gone)\n"
          "phase       talking 1:15\n"
          "call        outgoing video\n"
          "caller      SN\n"
          "listener    张三 (o-1)\n"
          "media       flowing, camera on, microphone off\n"
          "quality     out 612 kbit/s, in 431 kbit/s, 640x480 at 15 fps, loss 0.4 %, round trip 23 ms, "
          "jitter 3.5 "
          "ms, concealed 0 %, relayed\n"
          "time limit  1:30\n"
          "since       2024-10-27 03:33:20\n"
          "room        r-1\n");
}

TEST_CASE("ctl show: an idle room is 1 line, an ended one tells its end", "[ctl][unit]") {
    CHECK(shown(&show_room, R"({"phase":"idle","roomId":""})") == "phase       idle\n");
    CHECK(shown(&show_room, ended).find("end         rejectVoip (manual)\n") != std::string::npos);
}

TEST_CASE("ctl show: contacts have 1 line a person, the contact's name only in the first", "[ctl][unit]") {
    CHECK(shown(&show_contacts, R"({"contacts":[
        {"contact":"reception","name":"Reception","people":[{"openId":"o-1","name":"Anna","authorisation":"ok"},
         {"openId":"o-2","name":"张三","authorisation":"lost"}]},
        {"contact":"b","name":"","people":[{"openId":"o-3","name":"","authorisation":"unknown"}]}]})") ==
          "CONTACT    NAME       PERSON  OPENID  CONSENT\n"
          "reception  Reception  Anna    o-1     ok\n"
          "                      张三    o-2     lost\n"
          "b                             o-3     unknown\n");
    CHECK(shown(&show_contacts, R"({"contacts":[]})") == "no contacts\n");
}

TEST_CASE("ctl show: the history has 1 line a call", "[ctl][unit]") {
    CHECK(
        shown(&show_history, R"({"calls":[
        {"direction":"outgoing","roomType":"video","peer":{"id":"o-1","name":"Anna","contact":"reception"},
         "started":1730000000123,"answered":1730000001000,"ended":1730000075000,"keepTime":74,
         "end":{"eventName":"hangUpVoip","status":"endByCaller","origin":"manual","errCode":0,"errMsg":""},
         "quality":{"sendKbps":600,"fps":15,"lossPercent":0.44,"roundTripMs":23.4,"relayed":true}},
        {"direction":"incoming","roomType":"voice","peer":{"id":"o-2","name":"","contact":""},
         "started":1730000000123,"answered":0,"ended":1730000001000,"keepTime":0,
         "end":{"eventName":"abortVoip","status":"unknown","origin":"","errCode":13,"errMsg":"token"}}]})") ==
        "STARTED              DIRECTION  TYPE   WITH                   TALK  MEDIA" + std::string(31, ' ') +
            "END\n"
            "2024-10-27 03:33:20  outgoing   video  reception: Anna (o-1)  1:14  15 fps, loss 0.4 %, 23 ms, "
            "relayed  hangUpVoip (endByCaller, manual)\n"
            "2024-10-27 03:33:20  incoming   voice  o-2                    -" +
            std::string(41, ' ') + "abortVoip (unknown) error 13: token\n");
    CHECK(shown(&show_history, R"({"calls":[]})") == "no calls\n");
}

TEST_CASE("ctl show: device tells 2 tokens' ends and the clock", "[ctl][unit]") {
    CHECK(shown(&show_device, R"({"sn":"SN","modelId":"M","appId":"A","name":"Door","version":"1",
        "registration":{"kind":"wmpf","state":"refused","errCode":9,"errMsg":"another key"},
        "channel":{"state":"online","since":0},"deviceToken":{"expireTimestamp":1730000000123},
        "pushToken":{"expireTimestamp":0},"clock":{"state":"behind","offset":-400}})") ==
          "device      SN (model M)\n"
          "registered  refused error 9: another key\n"
          "channel     online\n"
          "kind        wmpf\n"
          "app         A\n"
          "name        Door\n"
          "version     1\n"
          "deviceToken until 2024-10-27 03:33:20\n"
          "pushToken   until -\n"
          "clock       behind, off by -400 s\n");
}

TEST_CASE("ctl show: board, health, relay, media, reload and the other 6", "[ctl][unit]") {
    CHECK(shown(&show_board,
                R"({"driver":"sim","buttons":[{"name":"call","contact":"a","state":"held for 30 s"},
        {"name":"b","contact":"","state":"ok"}],"lamp":"ringing","relays":[{"name":"door","active":true,"lastOpened":null},
        {"name":"gate","active":false,"lastOpened":{"at":1730000000000,"by":"uid:1000","roomId":null}}],
        "camera":"pattern","microphone":null,"speaker":null})") ==
          "driver      sim\nbutton      call calls a: held for 30 s\nbutton      b\nlamp        ringing\n"
          "relay       door active\n"
          "relay       gate at rest, last opened 2024-10-27 03:33:20 by uid:1000\ncamera      pattern\n");
    CHECK(shown(&show_health,
                R"({"status":"ok","parts":[{"name":"channel","state":"ok","since":0,"reason":""}]})") ==
          "ok\nPART     STATE  SINCE  REASON\nchannel  ok     -\n");
    CHECK(shown(&show_health, R"({"status":"down","parts":[]})") == "down\n");
    CHECK(shown(&show_relay, R"({"relay":"door","until":1730000000123})") ==
          "relay       door\nuntil       2024-10-27 03:33:20\n");
    CHECK(shown(&show_media, R"({"state":"flowing","camera":true,"microphone":false,"volume":60})") ==
          "media       flowing\ncamera      on\nmicrophone  off\nvolume      60\n");
    CHECK(shown(&show_reload, R"({"applied":["a","b"],"needsRestart":[]})") ==
          "applied     a, b\nrestart for -\n");
    CHECK(shown(&show_levels, R"({"levels":"call:debug,*:info"})") == "call:debug,*:info\n");
    CHECK(shown(&show_metrics, R"({"text":"x 1\n# EOF\n"})") == "x 1\n# EOF\n");
    CHECK(shown(&show_push_token, R"({"pushToken":"p","expireTimestamp":0})") ==
          "pushToken   p\nuntil       -\n");
    CHECK(shown(&show_call, R"({"isSuccess":true,"roomId":"r","groupId":"r","chargeType":"license"})") ==
          "room        r\ncharge      license\n");
    CHECK(shown(&show_room_id, R"({"roomId":"r"})") == "room        r\n");
    CHECK(shown(&show_room_id, R"({"roomId":""})") == "done\n");
    CHECK(shown(&show_done, "{}") == "done\n");
}

TEST_CASE("ctl show: a line of watch for a phase, 3 kinds of events, measurements and the rest",
          "[ctl][unit]") {
    const auto line = [](const char* method, std::string_view params, Look look = plain) {
        return show_notification({method, read(params)}, look);
    };
    CHECK(line("room.changed", talking) ==
          "phase talking  outgoing video to 张三 (o-1)  media flowing, camera on, microphone off\n");
    CHECK(line("room.changed", ended) == "phase ended  incoming voice from A (o-1)  rejectVoip (manual)\n");
    CHECK(line("room.changed", R"({"phase":"idle"})") == "phase idle\n");
    CHECK(line("voip.event",
               R"({"eventName":"hangUpVoip","roomId":"r","data":{"keepTime":3,"status":"endByCaller",
               "origin":"manual"}})") == "event hangUpVoip  keepTime=3  status=endByCaller  origin=manual\n");
    CHECK(line("voip.event",
               R"({"eventName":"abortVoip","data":{"status":"unknown","error":{"errMsg":"lost"}}})") ==
          "event abortVoip  status=unknown  error=lost\n");
    CHECK(line("voip.event", R"({"eventName":"startVoip","data":{}})") == "event startVoip\n");
    CHECK(
        line("room.quality", R"({"roomId":"r","quality":{"sendKbps":40,"fps":14.96,"roundTripMs":9.96}})") ==
        "quality out 40 kbit/s, 15 fps, round trip 10 ms\n");
    CHECK(line("room.quality", R"({"quality":{"width":640,"sendKbps":"x","relayed":false}})") ==
          "quality \n");
    CHECK(line("api.closing", R"({"reason":"the daemon is stopping"})") ==
          "api.closing {\"reason\":\"the daemon is stopping\"}\n");
    CHECK(line("voip.event", R"({"eventName":"calling","data":{"keepTime":1}})", {.json = true}) ==
          "{\"method\":\"voip.event\",\"params\":{\"eventName\":\"calling\",\"data\":{\"keepTime\":1}}}\n");
    CHECK(line("voip.event", R"({"eventName":"calling","data":{"keepTime":1}})", {.colour = true}) ==
          "event \x1b[32mcalling\x1b[0m  keepTime=1\n");
}

TEST_CASE("ctl show: a name of 2 lines and colours cannot steer the terminal", "[ctl][unit]") {
    constexpr std::string_view evil = R"({"phase":"alerting","direction":"incoming","roomType":"voice",
        "caller":{"id":"o","name":"x\n\u001b[2Jphase idle"}})";
    CHECK(shown(&show_room, evil).find("caller      x??[2Jphase idle (o)\n") != std::string::npos);
    CHECK(show_phase(read(evil), plain) == "phase alerting  incoming voice from x??[2Jphase idle (o)\n");
    CHECK(show_fault({1004, "a\nb", "", {}}) == "error 1004: a?b\n");
}

TEST_CASE("ctl show: every function survives 6 answers that it does not expect", "[ctl][unit]") {
    for (const std::string_view text :
         {"null", "7", "\"x\"", "[]", "{}", R"({"phase":7,"parts":[7],"contacts":[[]],
        "calls":["x"],"buttons":{},"people":1,"caller":"x","end":[],"media":3,"registration":0,"channel":[],"text":{}})"})
        for (Show show :
             {&show_status, &show_room, &show_call, &show_room_id, &show_media, &show_contact, &show_contacts,
              &show_history, &show_device, &show_push_token, &show_board, &show_relay, &show_health,
              &show_metrics, &show_levels, &show_reload, &show_done, &show_raw, &show_phase})
            CHECK_NOTHROW(show(read(text), plain));
}

TEST_CASE("ctl show: the 2 failures go to stderr with their codes", "[ctl][unit]") {
    CHECK(show_fault({1004, "timeLimit: missing", "timeLimit", {}}) == "error 1004: timeLimit: missing\n");
    CHECK(show_refusal(read(R"({"isSuccess":false,"errCode":9,"errMsg":"not authorised"})")) ==
          "refused 9: not authorised\n");
    CHECK(show_refusal(read(R"({"isSuccess":false})")) == "refused\n");
}

}  // namespace voip::ctl
