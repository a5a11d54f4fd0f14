#include "config/checks.hpp"

#include "config/report.hpp"
#include "tests/support/catch.hpp"

using namespace voip::config;

TEST_CASE("config: 20 texts pass their check", "[config][unit]") {
    const std::string label_63(63, 'a');
    CHECK_FALSE(check_host("localhost"));
    CHECK_FALSE(check_host("a-b.example.com"));
    CHECK_FALSE(check_host("192.0.2.1"));
    CHECK_FALSE(check_host("fe80::1"));
    CHECK_FALSE(check_host(label_63 + ".x"));
    CHECK_FALSE(check_origin("https://h"));
    CHECK_FALSE(check_origin("https://h/"));
    CHECK_FALSE(check_origin("https://h.example:8443"));
    CHECK_FALSE(check_origin("https://[2001:db8::1]"));
    CHECK_FALSE(check_https_url("https://h/a/b?c=d"));
    CHECK_FALSE(check_https_url("https://h?c"));
    CHECK_FALSE(check_ice_url("stun:s"));
    CHECK_FALSE(check_ice_url("turn:t:3478?transport=tcp"));
    CHECK_FALSE(check_ice_url("turns:[::1]:5349"));
    CHECK_FALSE(check_path("/"));
    CHECK_FALSE(check_group("_apt"));
    CHECK_FALSE(check_group("My-Group.1"));
    CHECK_FALSE(check_word("call_2-x"));
    CHECK_FALSE(check_secret("0123456789abcdef"));
    CHECK_FALSE(check_sn("A_z-0"));
}

TEST_CASE("config: 19 texts fail their check", "[config][unit]") {
    const std::string label_64(64, 'a');
    const std::string name_254 = std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                                 std::string(63, 'a') + "." + std::string(62, 'a');
    CHECK(check_host(""));
    CHECK(check_host("-a"));
    CHECK(check_host("a-"));
    CHECK(check_host("a..b"));
    CHECK(check_host("a."));
    CHECK(check_host("a_b"));
    CHECK(check_host("[::1]"));
    CHECK(check_host("a:1"));
    CHECK(check_host(label_64));
    CHECK_FALSE(check_host(name_254.substr(1)));
    CHECK(check_host(name_254 + "a"));
    CHECK(check_origin("HTTPS://h"));
    CHECK(check_origin("https://h//"));
    CHECK(check_origin("https://h:+80"));
    CHECK(check_origin("https://[::1]8443"));
    CHECK(check_https_url("https:///x"));
    CHECK(check_ice_url("turn"));
    CHECK(check_ice_url("turn:t?transport=sctp"));
    CHECK(check_group(""));
    CHECK(check_word("a.b"));
}

TEST_CASE("config: a long quote is cut between characters, not through them", "[config][unit]") {
    CHECK(quote(std::string(40, 'x')) == "\"" + std::string(40, 'x') + "\"");
    CHECK(quote(std::string(39, 'x') + "锁锁") == "\"" + std::string(39, 'x') + "...\"");
    CHECK(quote("a\"\\\t") == R"("a\"\\\x09")");
}

TEST_CASE("config: numbers are written as people write them", "[config][unit]") {
    CHECK(number(0.1) == "0.1");
    CHECK(number(86400) == "86400");
    CHECK(number(-2.5) == "-2.5");
    CHECK(number(1e300) == "1e+300");
}
