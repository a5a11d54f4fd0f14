#include "service/http/request_rules.hpp"

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;
using transport::HttpRequest;

namespace {

HttpRequest with(std::vector<transport::Header> headers) {
    HttpRequest request;
    request.headers = std::move(headers);
    return request;
}

}  // namespace

TEST_CASE("content type: only application/json is JSON, in any case, with or without parameters",
          "[service][unit]") {
    CHECK(is_json(with({{"Content-Type", "application/json"}})));
    CHECK(is_json(with({{"content-type", "Application/JSON; charset=utf-8"}})));
    CHECK_FALSE(is_json(with({})));
    CHECK_FALSE(is_json(with({{"Content-Type", "text/plain"}})));
    CHECK_FALSE(is_json(with({{"Content-Type", "application/jsonp"}})));
    CHECK_FALSE(is_json(with({{"Content-Type", "application/x-www-form-urlencoded"}})));
}

TEST_CASE("host: the name is taken without port and brackets, in lower case", "[service][unit]") {
    CHECK(host_name(with({{"Host", "Calls.Example.org:8443"}})) == "calls.example.org");
    CHECK(host_name(with({{"Host", "[::1]:8443"}})) == "::1");
    CHECK(host_name(with({{"Host", "127.0.0.1"}})) == "127.0.0.1");
    CHECK(host_name(with({})).empty());
    CHECK(host_name(with({{"Host", "[::1"}})).empty());
}

TEST_CASE("host: a wildcard name stands for exactly 1 label", "[service][unit]") {
    const std::vector<std::string> names{"127.0.0.1", "*.example.org", "localhost"};
    CHECK(is_own_name("localhost", names));
    CHECK(is_own_name("LOCALHOST", names));
    CHECK(is_own_name("a.example.org", names));
    CHECK_FALSE(is_own_name("a.b.example.org", names));
    CHECK_FALSE(is_own_name("example.org", names));
    CHECK_FALSE(is_own_name(".example.org", names));
    CHECK_FALSE(is_own_name("evil.org", names));
    CHECK_FALSE(is_own_name("", names));
}

TEST_CASE("token: Authorization wins over the cookie; another scheme counts as no token", "[service][unit]") {
    const auto bearer = find_token(with({{"Cookie", "voip_session=c"}, {"Authorization", "bearer  t1 "}}));
    CHECK(bearer.source == TokenSource::bearer);
    CHECK(bearer.token == "t1");
    const auto cookie = find_token(with({{"Cookie", "a=1; voip_session=c2; b=3"}}));
    CHECK(cookie.source == TokenSource::cookie);
    CHECK(cookie.token == "c2");
    CHECK(find_token(with({{"Authorization", "Basic abc"}, {"Cookie", "voip_session=c"}})).source ==
          TokenSource::none);
    CHECK(find_token(with({})).source == TokenSource::none);
    CHECK(find_token(with({{"Cookie", "voip_session="}})).source == TokenSource::none);
}

TEST_CASE("cookie: a name that comes 2 times is not trusted", "[service][unit]") {
    CHECK(find_cookie("voip_session=a; voip_session=b", "voip_session") == std::nullopt);
    CHECK(find_cookie("xvoip_session=a", "voip_session") == std::nullopt);
    CHECK(find_cookie(" voip_session = a ", "voip_session") == "a");
    CHECK(find_cookie("voip_session=a=b", "voip_session") == "a=b");
}

TEST_CASE("origin: absent or https://HOST is own, 5 others are foreign", "[service][unit]") {
    const auto own = [](std::string origin) {
        return is_own_origin(with({{"Host", "calls.example.org:8443"}, {"Origin", std::move(origin)}}));
    };
    CHECK(is_own_origin(with({{"Host", "calls.example.org:8443"}})));
    CHECK(own("https://calls.example.org:8443"));
    CHECK(own("HTTPS://CALLS.example.org:8443"));
    CHECK_FALSE(own("http://calls.example.org:8443"));
    CHECK_FALSE(own("https://calls.example.org"));
    CHECK_FALSE(own("https://evil.example"));
    CHECK_FALSE(own("null"));
    CHECK_FALSE(own("https://calls.example.org:8443.evil.example"));
}

TEST_CASE("query: names and values are decoded; a bad escape or a name 2 times is refused",
          "[service][unit]") {
    const auto parsed = parse_query("grant_type=client_credential&appid=wx%31&secret=a+b&empty=");
    REQUIRE(parsed);
    REQUIRE(find_parameter(*parsed, "appid"));
    CHECK(*find_parameter(*parsed, "appid") == "wx1");
    CHECK(*find_parameter(*parsed, "secret") == "a b");
    CHECK(find_parameter(*parsed, "empty")->empty());
    CHECK(find_parameter(*parsed, "none") == nullptr);
    CHECK_FALSE(parse_query("a=%2"));
    CHECK_FALSE(parse_query("a=%zz"));
    CHECK_FALSE(parse_query("a=1&a=2"));
    CHECK(parse_query("")->empty());
}

TEST_CASE("query: what looks like a secret is seen whatever its case or escapes", "[service][unit]") {
    const auto bad = GENERATE("token=x", "userToken=x", "ACCESS_TOKEN=x", "t%6Fken=x", "code=1", "snTicket=1",
                              "a=1&client_secret=x", "Authorization=x", "a=%zz", "voip_session=1");
    CHECK(carries_secret(bad));
    CHECK_FALSE(carries_secret("limit=3&before=17"));
    CHECK_FALSE(carries_secret(""));
}

TEST_CASE("loopback: 127.0.0.0/8, ::1 and the mapped form, nothing else", "[service][unit]") {
    CHECK(is_loopback("127.0.0.1"));
    CHECK(is_loopback("127.8.9.1"));
    CHECK(is_loopback("::1"));
    CHECK(is_loopback("::ffff:127.0.0.1"));
    CHECK_FALSE(is_loopback("192.168.1.2"));
    CHECK_FALSE(is_loopback("::2"));
    CHECK_FALSE(is_loopback("::ffff:10.0.0.1"));
    CHECK_FALSE(is_loopback(""));
}
