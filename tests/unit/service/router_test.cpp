#include "service/http/router.hpp"

#include "protocol/errors.hpp"
#include "service/http/reply.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

Router<int> table() {
    return Router<int>({{"GET", "/v1/health", BodyKind::none, 1},
                        {"POST", "/v1/dev/faults", BodyKind::json, 2},
                        {"DELETE", "/v1/dev/faults", BodyKind::none, 3}});
}

}  // namespace

TEST_CASE("router: method and path of 3 routes lead to their handlers", "[service][unit]") {
    const auto router = table();
    REQUIRE(router.find("GET", "/v1/health").route);
    CHECK(router.find("GET", "/v1/health").route->handler == 1);
    CHECK(router.find("POST", "/v1/dev/faults").route->handler == 2);
    CHECK(router.find("DELETE", "/v1/dev/faults").route->handler == 3);
    CHECK(router.find("HEAD", "/v1/health").route->handler == 1);
}

TEST_CASE("router: a known path with another method names what it allows (405)", "[service][unit]") {
    const auto found = table().find("PUT", "/v1/dev/faults");
    CHECK(found.route == nullptr);
    CHECK(found.allow == "POST, DELETE");
    CHECK(table().find("POST", "/v1/health").allow == "GET, HEAD");
    CHECK(table().find("HEAD", "/v1/dev/faults").allow == "POST, DELETE");
}

TEST_CASE("router: an unknown path allows nothing (404)", "[service][unit]") {
    const auto path = GENERATE("/", "/v1", "/v1/health/", "/v1/Health", "", "/v1/health?x=1");
    const auto found = table().find("GET", path);
    CHECK(found.route == nullptr);
    CHECK(found.allow.empty());
}

TEST_CASE("reply: 15 codes have the status of the contract, others 400", "[service][unit]") {
    struct Row {
        int code;
        unsigned status;
    };
    const auto row =
        GENERATE(Row{code::argument, 400}, Row{code::token_unknown, 401}, Row{code::clock_skew, 401},
                 Row{code::nonce_used, 401}, Row{code::signature, 401}, Row{code::revoked, 401},
                 Row{code::not_registered, 401}, Row{code::forbidden, 403}, Row{code::ticket_expired, 403},
                 Row{code::no_such_path, 404}, Row{code::method_not_allowed, 405}, Row{code::too_large, 413},
                 Row{code::too_many, 429}, Row{code::not_ready, 503}, Row{code::sn_character, 400});
    CHECK(http_status(Fault{row.code, "", "", {}}) == row.status);
}

TEST_CASE("reply: a fault's body holds errCode, errMsg, field and the members of its data",
          "[service][unit]") {
    const Fault fault{code::clock_skew, "clock", "timestamp", json::Value().set("serverTime", 17)};
    const auto reply = fault_reply(fault);
    CHECK(reply.status == 401);
    CHECK(reply.header("content-type") == "application/json");
    CHECK(reply.body == R"({"errCode":4011,"errMsg":"clock","field":"timestamp","serverTime":17})");
    CHECK(fault_reply(fault, 409).status == 409);
    CHECK(fault_reply(Fault{1, "x", "", {}}).body == R"({"errCode":1,"errMsg":"x"})");
}

TEST_CASE("reply: security headers are added once and do not replace the handler's own", "[service][unit]") {
    auto reply = json_reply(json::Object{});
    reply.headers.push_back({"cache-control", "max-age=60"});
    add_security_headers(reply);
    CHECK(reply.header("Cache-Control") == "max-age=60");
    CHECK(reply.header("X-Content-Type-Options") == "nosniff");
    CHECK(reply.header("Content-Security-Policy").find("frame-ancestors 'none'") != std::string_view::npos);
    CHECK(reply.header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("reply: the session cookie is Secure, HttpOnly, SameSite=Strict and lives 2592000 s",
          "[service][unit]") {
    CHECK(session_cookie("abc", 30 * 24h) ==
          "voip_session=abc; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict");
}
