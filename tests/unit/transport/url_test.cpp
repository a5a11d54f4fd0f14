#include "protocol/transport/url.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using transport::parse_endpoint;
using transport::parse_url;

TEST_CASE("url: 11 good URLs give host, port, path and authority", "[transport][unit]") {
    struct Case {
        const char *text, *host;
        std::uint16_t port;
        const char *path, *authority;
    };
    const Case table[] = {
        {"https://a.test", "a.test", 443, "/", "a.test"},
        {"wss://a.test/", "a.test", 443, "/", "a.test"},
        {"HTTPS://A.Test/Path", "a.test", 443, "/Path", "a.test"},
        {"https://a.test:443/x", "a.test", 443, "/x", "a.test"},
        {"https://a.test:8443/v1?a=b&c", "a.test", 8443, "/v1?a=b&c", "a.test:8443"},
        {"https://a.test?a=b", "a.test", 443, "/?a=b", "a.test"},
        {"https://127.0.0.1:1", "127.0.0.1", 1, "/", "127.0.0.1:1"},
        {"wss://[::1]", "::1", 443, "/", "[::1]"},
        {"wss://[2001:DB8::1]:65535/c", "2001:db8::1", 65535, "/c", "[2001:db8::1]:65535"},
        {"https://a_b-c.test/@:[]", "a_b-c.test", 443, "/@:[]", "a_b-c.test"},
        {"https://a.test//x/../y", "a.test", 443, "//x/../y", "a.test"},
    };
    for (const Case& c : table) {
        INFO(c.text);
        const auto url = parse_url(c.text);
        REQUIRE(url);
        CHECK(url->host == c.host);
        CHECK(url->port == c.port);
        CHECK(url->path == c.path);
        CHECK(url->authority() == c.authority);
    }
}

TEST_CASE("url: 27 bad URLs are refused with bad_message and a reason", "[transport][unit]") {
    for (const std::string& text : {std::string(),
                                    std::string("https"),
                                    std::string("https://"),
                                    std::string("https:///x"),
                                    std::string("http://a.test"),
                                    std::string("ws://a.test"),
                                    std::string("ftp://a.test"),
                                    std::string("a.test"),
                                    std::string("//a.test"),
                                    std::string("https://a.test#x"),
                                    std::string("https://user@a.test"),
                                    std::string("https://user:pw@a.test/"),
                                    std::string("https://a.test:"),
                                    std::string("https://a.test:0"),
                                    std::string("https://a.test:65536"),
                                    std::string("https://a.test:-1"),
                                    std::string("https://a.test:80x"),
                                    std::string("https://a b.test"),
                                    std::string("https://a.test/x y"),
                                    std::string("https://a.test/\r\nHost: b"),
                                    std::string("https://[::1"),
                                    std::string("https://[1.2.3.4]"),
                                    std::string("https://::1/"),
                                    "https://" + std::string(254, 'a'),
                                    "https://a.test/" + std::string(2048, 'x'),
                                    std::string("https://\xc3\xa4.test"),
                                    std::string("https://-a.test")}) {
        INFO(text);
        const auto url = parse_url(text);
        REQUIRE_FALSE(url);
        CHECK(url.error().is(Errc::bad_message));
        CHECK_FALSE(url.error().context.empty());
    }
}

TEST_CASE("url: an endpoint is HOST:PORT, [v6]:PORT or :PORT for loopback", "[transport][unit]") {
    const auto check = [](const char* text, const char* host, std::uint16_t port) {
        const auto endpoint = parse_endpoint(text);
        REQUIRE(endpoint);
        CHECK(endpoint->host == host);
        CHECK(endpoint->port == port);
    };
    check("127.0.0.1:8443", "127.0.0.1", 8443);
    check("[::1]:8443", "::1", 8443);
    check(":8443", "127.0.0.1", 8443);
    check("localhost:0", "localhost", 0);
    for (const char* bad :
         {"", "a", "a:", ":", "a:x", "a:70000", "[::1]", "[::1]8443", "::1:80", "a b:1", "[x]:1"})
        CHECK_FALSE(parse_endpoint(bad));
}
