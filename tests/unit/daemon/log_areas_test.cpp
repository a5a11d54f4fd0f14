#include "daemon/log_areas.hpp"

#include "tests/support/catch.hpp"

namespace voip::daemon {
namespace {

TEST_CASE("log areas: 1 that no line has is named with the one that was meant", "[daemon][unit]") {
    CHECK(unknown_area("cal:debug,*:info") == "no area \"cal\"; did you mean \"call\"?");
    CHECK(unknown_area("call:debug,zzzzzz:info") == "no area \"zzzzzz\"");
    for (const char* good : {"", "info", "*:err", "call:debug,*:info",
                             "media:debug,sandbox:info,webrtc:debug", "https:debug,authority:info"}) {
        CAPTURE(good);
        CHECK_FALSE(unknown_area(good));
    }
}

}  // namespace
}  // namespace voip::daemon
