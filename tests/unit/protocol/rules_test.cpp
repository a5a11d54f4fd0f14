#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/limits.hpp"
#include "protocol/parts.hpp"
#include "tests/support/printers.hpp"

using namespace voip;

TEST_CASE("rules: an SN is 1 to 128 of 0-9 A-Z a-z _ -", "[protocol][unit]") {
    for (const std::string good : {"A", "0", "_", "-", "Abc-09_z", "device_1"}) CHECK(is_sn(good));
    CHECK(is_sn(std::string(128, 'A')));
    CHECK_FALSE(is_sn(std::string(129, 'A')));
    CHECK_FALSE(is_sn(""));
    int allowed = 0;
    for (int c = 0; c < 256; ++c) allowed += is_sn(std::string(1, static_cast<char>(c))) ? 1 : 0;
    CHECK(allowed == 64);
}

TEST_CASE("rules: an snTicket is 32 letters and digits", "[protocol][unit]") {
    CHECK(is_sn_ticket("0123456789abcdefghijklmnopqrstUV"));
    CHECK_FALSE(is_sn_ticket("0123456789abcdefghijklmnopqrstU"));
    CHECK_FALSE(is_sn_ticket("0123456789abcdefghijklmnopqrstUVW"));
    CHECK_FALSE(is_sn_ticket("0123456789abcdefghijklmnopqrst-_"));
    CHECK_FALSE(is_sn_ticket(""));
}

TEST_CASE("rules: 13 custom queries are well formed, 20 are not", "[protocol][unit]") {
    for (const std::string good :
         {"a=1", "a=", "a=1&b=2", "key=value&key=again", "a=%41%4a%fF", "a-b_c.d~e=!$'()*,;:@/?", "%61=1",
          "a=+", "\xe4\xbd\xa0=\xe5\xa5\xbd", "a=1&b=", "a=[x]{y}|^", "a=<>\"\\`", "a=%25"}) {
        INFO(good);
        CHECK(is_custom_query(good));
    }
    for (const std::string bad :
         {"",    "a",   "=",    "=1",    "&",     "a=1&", "&a=1",  "a=1&&b=2", "a=1&b", "a=b=c",
          "a==", "a=%", "a=%4", "a=%4g", "a=%g4", "%=1",  "a=1 2", "a=#",      "a=\n",  "a=\x7f"}) {
        INFO(bad);
        CHECK_FALSE(is_custom_query(bad));
    }
    CHECK(is_custom_query("a=" + std::string(1022, 'x')));
    CHECK_FALSE(is_custom_query("a=" + std::string(1023, 'x')));
    CHECK_FALSE(is_custom_query(std::string("a=\0", 3)));
}

TEST_CASE("rules: plain text is not empty and has no control characters", "[protocol][unit]") {
    CHECK(is_plain_text("a b", 3));
    CHECK_FALSE(is_plain_text("a b", 2));
    CHECK_FALSE(is_plain_text("", 10));
    CHECK(is_plain_text("\xe4\xbd\xa0", 3));
    for (int c = 0; c < 0x20; ++c) CHECK_FALSE(is_plain_text(std::string(1, static_cast<char>(c)), 10));
    CHECK_FALSE(is_plain_text("\x7f", 10));
}

TEST_CASE("rules: characters are counted, not bytes", "[protocol][unit]") {
    CHECK(characters("") == 0);
    CHECK(characters("abc") == 3);
    CHECK(characters("\xe9\x97\xa8\xe9\x93\x83") == 2);
    CHECK(characters("\xf0\x9f\x98\x80!") == 2);
}

TEST_CASE("rules: a deviceName has 1 to 13 characters, of whatever script", "[protocol][unit]") {
    const auto takes = [](const std::string& name) {
        json::Value object;
        object.set("deviceName", name);
        Reader reader(object);
        (void)reader.string("deviceName", rule::device_name);
        return reader.ok();
    };
    std::string thirteen;
    for (int i = 0; i < 13; ++i) thirteen += "\xe9\x97\xa8";
    CHECK(takes("d"));
    CHECK(takes("front door no"));
    CHECK(takes(thirteen));
    CHECK_FALSE(takes(""));
    CHECK_FALSE(takes("front door no."));
    CHECK_FALSE(takes(thirteen + "!"));
    CHECK_FALSE(takes("door\n"));
}

TEST_CASE("rules: an errMsg is cut to 512 bytes, never through a character", "[protocol][unit]") {
    CHECK(cut_err_msg("short") == "short");
    CHECK(cut_err_msg(std::string(512, 'x')).size() == 512);
    CHECK(cut_err_msg(std::string(513, 'x')).size() == 512);
    std::string wide;
    for (int i = 0; i < 200; ++i) wide += "\xe9\x97\xa8";
    CHECK(cut_err_msg(wide).size() == 510);
    CHECK(cut_err_msg("a" + wide).size() == 511);
    CHECK(cut_err_msg(std::string(1000, '\x80')).empty());  // bytes that begin no character
}

TEST_CASE("rules: the two kinds of registration read back", "[protocol][unit]") {
    CHECK(registration("device-auth") == Registration::device_auth);
    CHECK(registration("wmpf") == Registration::wmpf);
    CHECK(to_string(Registration::device_auth) == "device-auth");
    CHECK(to_string(Registration::wmpf) == "wmpf");
    for (const char* wrong : {"", "WMPF", "device_auth", "sdk"}) CHECK_FALSE(registration(wrong));
}
