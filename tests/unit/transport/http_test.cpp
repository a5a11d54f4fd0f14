#include "protocol/transport/http.hpp"

#include "protocol/transport/http_wire.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/utf8.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::transport;

TEST_CASE("http: header names are found in any case, the first one counts", "[transport][unit]") {
    HttpRequest request;
    request.headers = {{"X-One", "1"}, {"x-one", "2"}, {"Host", ""}};
    CHECK(request.header("x-ONE") == "1");
    CHECK(request.header("host").empty());
    CHECK(request.header("x-on").empty());
    HttpResponse response;
    response.headers = {{"Content-Type", "a/b"}};
    CHECK(response.header("content-type") == "a/b");
}

TEST_CASE("http: a header's value may hold a tab and bytes above 127, no other control",
          "[transport][unit]") {
    CHECK(is_header({"x-name", "plain\tand \x80\xff"}));  // char has a sign on x86 and none on ARM
    for (const char control : {'\0', '\n', '\r', '\x1f', '\x7f'}) {
        INFO(int{control});
        CHECK_FALSE(is_header({"x-name", std::string("a") + control}));
    }
    CHECK_FALSE(is_header({"x name", "a"}));
    CHECK_FALSE(is_header({"", "a"}));
}

TEST_CASE("http: a target is split at the first question mark", "[transport][unit]") {
    HttpRequest request;
    request.target = "/a/b?c=d?e";
    CHECK(request.path() == "/a/b");
    CHECK(request.query() == "c=d?e");
    request.target = "/a";
    CHECK(request.path() == "/a");
    CHECK(request.query().empty());
}

TEST_CASE("close code: 4401 with a reason is found again, other errors have none", "[transport][unit]") {
    CHECK(close_code(closed_with(4401, "token expired")) == 4401);
    CHECK(closed_with(4401, "token expired").context == "4401 token expired");
    CHECK(close_code(closed_with(1000, "")) == 1000);
    CHECK(close_code(fail(Errc::closed)) == 0);
    CHECK(close_code(fail(Errc::closed, "the end")) == 0);
    CHECK(close_code(fail(Errc::timeout, "4401")) == 0);
}

TEST_CASE("utf8: 12 good and 18 bad byte strings are told apart", "[transport][unit]") {
    for (const char* good :
         {"", "a", "abcdefgh", "abcdefghi", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "abcdefg\xf4\x8f\xbf\xbf hijklmn"}) {
        INFO(good);
        CHECK(is_utf8(good));
    }
    for (const char* bad :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x", "\xe0\x9f\xbf", "\xe0\xa0", "\xe1\x80x",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff", "abcdefgh\xfe", "abcdefg\xf1\x80\x80x"}) {
        INFO(bad);
        CHECK_FALSE(is_utf8(bad));
    }
    CHECK(is_utf8(std::string_view("a\0b", 3)));
}
