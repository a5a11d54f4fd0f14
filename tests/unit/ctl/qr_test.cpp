#include "daemon/ctl/qr.hpp"

#include <algorithm>

#include "daemon/ctl/pairing.hpp"
#include "tests/support/catch.hpp"

namespace voip::ctl {

TEST_CASE("ctl qr: 1 byte more takes the next version, above 858 there is none", "[ctl][unit]") {
    CHECK(!QrCode::of(""));
    CHECK(QrCode::of("a")->size() == 21);
    CHECK(QrCode::of(std::string(17, 'a'))->size() == 21);
    CHECK(QrCode::of(std::string(18, 'a'))->size() == 25);
    CHECK(QrCode::of(std::string(858, 'a'))->size() == 97);
    CHECK(!QrCode::of(std::string(859, 'a')));
    CHECK(QrCode::of("\xff\x00\x80")->size() == 21);
}

TEST_CASE("ctl qr: a terminal shows 2 modules a character and 4 of quiet zone around", "[ctl][unit]") {
    const auto code = QrCode::of("SN");
    REQUIRE(code);
    const std::string text = code->text();
    CHECK(std::count(text.begin(), text.end(), '\n') == (21 + 8 + 1) / 2);
    const std::string full = "\u2588";
    std::string first;
    for (int i = 0; i < 29; ++i) first += full;
    CHECK(text.starts_with(first + "\n" + first + "\n" + full + full + full + full + " "));
    CHECK(code->dark(0, 0));
    CHECK(!code->dark(-1, 0));
    CHECK(!code->dark(0, 21));
}

TEST_CASE("ctl pairing: the content escapes what is not plain, and the ticket stands behind a '#'",
          "[ctl][unit]") {
    const auto device = json::parse(R"({"sn":"SN-1","modelId":"m&=1 ü","other":1})");
    REQUIRE(device);
    CHECK(pairing_content(*device, "T1", "") == "sn=SN-1&modelId=m%26%3D1%20%C3%BC&snTicket=T1");
    CHECK(pairing_content(*device, "T1", "https://x/") ==
          "https://x/#sn=SN-1&modelId=m%26%3D1%20%C3%BC&snTicket=T1");
    CHECK(pairing_content(*device, "", "") == "sn=SN-1&modelId=m%26%3D1%20%C3%BC");
}

TEST_CASE("ctl pairing: with a ticket there is 1 QR code, without one only the 2 names", "[ctl][unit]") {
    const auto device = json::parse(R"({"sn":"SN-1","modelId":"M"})");
    REQUIRE(device);
    const std::string bare = show_pairing(*device, "", "", {});
    CHECK(bare.starts_with("sn       SN-1\nmodelId  M\nA ticket is needed"));
    CHECK(bare.find("\u2588") == std::string::npos);
    const std::string with = show_pairing(*device, "T", "", {});
    CHECK(with.find("content  sn=SN-1&modelId=M&snTicket=T\n\n") != std::string::npos);
    CHECK(with.find(QrCode::of("sn=SN-1&modelId=M&snTicket=T")->text()) != std::string::npos);
    CHECK(show_pairing(*device, "T", "", {.json = true}) ==
          "{\"sn\":\"SN-1\",\"modelId\":\"M\",\"content\":\"sn=SN-1&modelId=M&snTicket=T\"}\n");
    CHECK(show_pairing(*device, std::string(900, 'T'), "", {}).find("too long") != std::string::npos);
}

}  // namespace voip::ctl
