// The pieces beside the plan: life of servers, the queue of signals, the program's report of its state.
#include "core/json.hpp"
#include "daemon/media/ice_life.hpp"
#include "daemon/media/report.hpp"
#include "daemon/media/signal_queue.hpp"
#include "tests/support/catch.hpp"

namespace voip::media::host::test {
namespace {

constexpr UnixMillis wall = 1767225600000;
constexpr TimePoint begin{1h};

Duration freshness(const std::string& username) {
    const TimePoint until = fresh_until({{{"turn:t"}, username, "x"}}, {begin, wall});
    return until == TimePoint::max() ? Duration::max() : until - begin;
}

json::Value typed(std::string_view type, std::size_t bytes = 0) {
    json::Value made;
    return made.set("type", type).set("x", std::string(bytes, 'x'));
}

std::string report(std::string_view text) {
    const auto decoded = decode_state_report(*json::parse(text));
    if (!decoded) return "fault at " + decoded.error().field;
    return decoded->state + " " + std::to_string(decoded->err_code) + " " + decoded->err_msg;
}

TEST_CASE("ice life: 3/4 of what the user name tells; a minute's where it tells nothing sensible",
          "[media][unit]") {
    CHECK(freshness("1767229200:R1") == 2700s);
    CHECK(freshness("1767225660:R1") == 45s);
    CHECK(freshness("") == Duration::max());
    for (const char* odd : {"kitchen", "1767229200", ":", "1767225600:R1", "1:R1", "9999999999:R1",
                            "99999999999999999999:R1", "-5:R1"})
        CHECK(freshness(odd) == 45s);
    CHECK(fresh_until({}, {begin, wall}) == TimePoint::max());
    CHECK(fresh_until(
              {{{"stun:s"}, "", ""}, {{"turn:t"}, "1767229200:R", "x"}, {{"turn:u"}, "1767225720:R", "x"}},
              {begin, wall}) == begin + 90s);
}

TEST_CASE("signal queue: in order, bounded by number and bytes, begun anew by an offer", "[media][unit]") {
    SignalQueue queue(3, 1000);
    CHECK(queue.push(typed("candidate")));
    CHECK(queue.push(typed("answer")));
    CHECK(queue.push(typed("media")));
    CHECK_FALSE(queue.push(typed("candidate")));
    CHECK(queue.overflowed());
    CHECK_FALSE(queue.push(typed("candidate")));
    CHECK(queue.push(typed("offer")));
    CHECK_FALSE(queue.overflowed());
    CHECK_FALSE(queue.push(typed("candidate", 1000)));
    const auto all = queue.take();
    REQUIRE(all.size() == 1);
    CHECK(signal_type(all[0]) == "offer");
    CHECK(queue.size() == 0);
    CHECK(queue.push(typed("candidate", 900)));
    queue.clear();
    CHECK(queue.push(typed("candidate", 900)));
    CHECK(signal_type(json::Value(5)).empty());
    CHECK(signal_type(*json::parse(R"({"type":5})")).empty());
}

TEST_CASE("report: 4 states; failures have a code of theirs and words", "[media][unit]") {
    CHECK(report(R"({"state":"flowing","camera":true,"microphone":false})") == "flowing 0 ");
    CHECK(report(R"({"state":"failed","camera":false,"microphone":false,"errCode":2007,"errMsg":"gone"})") ==
          "failed 2007 gone");
    CHECK(report(R"({"state":"failed","camera":false,"microphone":false})") ==
          "failed 2000 the room could not be joined");
    CHECK(report(R"({"state":"failed","camera":false,"microphone":false,"errCode":13})")
              .starts_with("failed 2000"));
    CHECK(report(R"({"state":"failed","camera":false,"microphone":false,"errCode":2010})")
              .starts_with("failed 2000"));
    CHECK(report(R"({"state":"flowing","camera":false,"microphone":true,"errCode":2102})") ==
          "flowing 2102 microphone or camera are not permitted");
}

TEST_CASE("report: 6 wrong members are named", "[media][unit]") {
    CHECK(report("[]").starts_with("fault"));
    CHECK(report("{}") == "fault at state");
    CHECK(report(R"({"state":"none","camera":true,"microphone":true})") == "fault at state");
    CHECK(report(R"({"state":"flowing","camera":1,"microphone":true})") == "fault at camera");
    CHECK(report(R"({"state":"flowing","camera":true})") == "fault at microphone");
    CHECK(report(R"({"state":"flowing","camera":true,"microphone":true,"errCode":"x"})") ==
          "fault at errCode");
}

}  // namespace
}  // namespace voip::media::host::test
