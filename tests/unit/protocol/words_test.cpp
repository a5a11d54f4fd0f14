#include "protocol/words.hpp"

#include <set>

#include "tests/support/printers.hpp"

using namespace voip;

namespace {

/// Every word of a table reads back, and the texts are the expected ones in this order.
template <class Word>
void check_words(std::optional<Word> (*read)(std::string_view) noexcept,
                 std::initializer_list<const char*> texts) {
    int index = 0;
    for (const char* text : texts) {
        INFO(text);
        const auto word = read(text);
        REQUIRE(word.has_value());
        CHECK(static_cast<int>(*word) == index++);
        CHECK(to_string(*word) == text);
    }
    for (const std::string wrong : {"", " ", "VIDEO", "video ", "Idle", "none", "?"})
        CHECK_FALSE(read(wrong));
    CHECK(to_string(static_cast<Word>(99)) == "?");
}

}  // namespace

TEST_CASE("words: the 8 vocabularies have the plugin's spelling and read back", "[protocol][unit]") {
    check_words(room_type, {"voice", "video"});
    check_words(charge_type, {"duration", "license"});
    check_words(miniprogram_state, {"formal", "trial", "developer"});
    check_words(direction, {"outgoing", "incoming"});
    check_words(phase, {"idle", "dialling", "ringing", "alerting", "joining", "talking", "ended"});
    check_words(event_name, {"startVoip", "joinedRoomByCaller", "joinFailCaller", "joinFailListener",
                             "hangOnVoip", "calling", "cancelVoip", "rejectVoip", "busy", "timeout",
                             "hangUpVoip", "abortVoip", "endVoip", "finishVoip"});
    check_words(hang_up_reason, {"manual", "unloadCallPage", "forceFromApp", "busy", "abort"});
    check_words(authorisation, {"unknown", "ok", "lost"});
}

TEST_CASE("words: 8 of the 14 events end a call", "[protocol][unit]") {
    const std::set<EventName> ends{
        EventName::cancelVoip, EventName::rejectVoip, EventName::busy,           EventName::timeout,
        EventName::hangUpVoip, EventName::abortVoip,  EventName::joinFailCaller, EventName::joinFailListener};
    for (int i = 0; i < 14; ++i) {
        const auto name = static_cast<EventName>(i);
        CHECK(is_terminal(name) == ends.contains(name));
    }
    CHECK_FALSE(is_terminal(static_cast<EventName>(99)));
}
