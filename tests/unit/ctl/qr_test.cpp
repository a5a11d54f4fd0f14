#include "daemon/ctl/qr.hpp"

#include <algorithm>
#include <cstdint>

#include "daemon/ctl/pairing.hpp"
#include "tests/support/catch.hpp"

namespace voip::ctl {
namespace {

std::string modules(const QrCode& code) {
    std::string text;
    for (int y = 0; y < code.size(); ++y)
        for (int x = 0; x < code.size(); ++x) text += code.dark(x, y) ? '#' : '.';
    return text;
}

/// FNV-1a, to compare large codes.
std::uint64_t sum(const std::string& text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return value;
}

}  // namespace

// @source the sums were made from the codes of an independent encoder, libqrencode 4.1.1 (-8 -l L), for texts
// for which both choose the same mask
TEST_CASE("ctl qr: each of 20 versions, full to the last byte, is what another encoder makes",
          "[ctl][unit]") {
    struct Golden {
        std::size_t bytes, start;
        std::uint64_t sum;
    };
    constexpr Golden golden[] = {
        {14, 1, 0x399c83b39525b285},  {32, 0, 0x42b93fded7103f07},  {53, 0, 0x719da4189bcf9aac},
        {78, 0, 0x0e367a0edd6a3fb6},  {106, 1, 0xd3c92df8e77ec483}, {134, 0, 0x427ab5d7f3bde868},
        {154, 0, 0x274aef17f6cb303d}, {192, 0, 0xd19805eb13a30587}, {230, 0, 0x26ae67bdc4473269},
        {271, 0, 0xb0ae5d08c9aee1f5}, {321, 0, 0x92aa8f8d1f1ac7db}, {367, 0, 0xdb127b2dafdc1f19},
        {425, 0, 0x4a8ffd516982cf03}, {458, 0, 0xf669a60488e6e3c5}, {520, 0, 0x7937e245649eb9fb},
        {586, 0, 0xadc76767d4a59e04}, {644, 0, 0x79bfbdd8059f51d9}, {718, 0, 0x9097a05fbb834b47},
        {792, 0, 0xfa4aae309ad30df5}, {858, 0, 0xa6a688a656b48a17}};
    constexpr std::string_view letters = "sn=0123456789abcdefghijklmnopqrstuvwxyz&-";
    int version = 0;
    for (const Golden& one : golden) {
        ++version;
        INFO(version);
        std::string text;
        for (std::size_t i = 0; i < one.bytes; ++i) text += letters[(i * 7 + one.start) % letters.size()];
        const auto code = QrCode::of(text);
        REQUIRE(code);
        CHECK(code->size() == version * 4 + 17);
        CHECK(sum(modules(*code)) == one.sum);
    }
}

TEST_CASE("ctl qr: 1 byte more takes the next version, above 858 there is none", "[ctl][unit]") {
    CHECK(QrCode::of("")->size() == 21);
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
