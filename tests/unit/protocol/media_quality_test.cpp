#include "protocol/media_quality.hpp"

#include <set>

#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"
#include "tests/unit/protocol/readme.hpp"

using namespace voip;
using test::parsed;

namespace {

std::string again(std::string_view text) {
    const auto quality = decode_media_quality(parsed(text));
    return quality ? json::write(encode(*quality)) : "fault at " + quality.error().field;
}

}  // namespace

TEST_CASE("quality: all 18 members survive the wire, and none is written that is not known",
          "[protocol][unit]") {
    const MediaQuality all = test::some_quality();
    const auto decoded = decode_media_quality(parsed(json::write(encode(all))));
    REQUIRE(decoded);
    CHECK(*decoded == all);
    CHECK(encode(all).as_object()->size() == 18);
    CHECK(json::write(encode(MediaQuality{})) == "{}");
    CHECK(again(R"({"fps":15,"sendKbps":600.5,"relayed":false,"later":"x"})") ==
          R"({"sendKbps":600.5,"fps":15,"relayed":false})");
}

TEST_CASE("quality: whole numbers have no point on the wire, whatever they were read as",
          "[protocol][unit]") {
    CHECK(again(R"({"framesSent":4000000000,"fps":15.0,"lossPercent":0.25})") ==
          R"({"fps":15,"lossPercent":0.25,"framesSent":4000000000})");
}

TEST_CASE("quality: 6 wrong members are named", "[protocol][unit]") {
    CHECK(again("[]") != "{}");
    CHECK(again(R"({"fps":-0.1})") == "fault at fps");
    CHECK(again(R"({"framesSent":1e13})") == "fault at framesSent");
    CHECK(again(R"({"sendKbps":"600"})") == "fault at sendKbps");
    CHECK(again(R"({"relayed":1})") == "fault at relayed");
    CHECK(again("{\"codec\":\"" + std::string(65, 'x') + "\"}") == "fault at codec");
}

TEST_CASE("readme: the table of qualities has the 18 members that the codec writes", "[protocol][unit]") {
    std::set<std::string> documented, written;
    for (const test::Row& row : test::read_readme().rows_of("Quality"))
        if (row.cells.at(0) != "member") documented.insert(row.cells.at(0));
    const json::Value all = encode(test::some_quality());
    for (const json::Member& member : *all.as_object()) written.insert(member.name);
    CHECK(documented == written);
    CHECK(written.size() == 18);
}
