#include "daemon/identity/service_answer.hpp"

#include "core/json.hpp"
#include "tests/support/catch.hpp"

namespace voip::identity {
namespace {

transport::HttpResponse response(unsigned status, std::string body) {
    transport::HttpResponse made;
    made.status = status;
    made.headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
    made.body = std::move(body);
    return made;
}

Reply refusal(int code) {
    return Reply{Fault{code, "no", {}, {}}};
}

TEST_CASE("answers: every refusal of register and token has its verdict", "[identity][unit]") {
    struct Row {
        int code;
        Verdict wanted;
        Retry retry;
    };
    const Row rows[] = {
        {code::ticket_expired, Verdict::new_ticket, Retry::new_ticket},
        {code::ticket_illegal, Verdict::new_ticket, Retry::new_ticket},
        {code::already_registered, Verdict::other_key, Retry::ask_operator},
        {code::not_registered, Verdict::not_registered, Retry::ask_operator},
        {code::signature, Verdict::refused, Retry::ask_operator},
        {code::revoked, Verdict::refused, Retry::ask_operator},
        {code::sn_too_long, Verdict::refused, Retry::ask_operator},
        {code::sn_character, Verdict::refused, Retry::ask_operator},
        {code::model_id_check, Verdict::refused, Retry::ask_operator},
        {code::argument, Verdict::refused, Retry::ask_operator},
        {code::no_such_path, Verdict::refused, Retry::ask_operator},
        {123456, Verdict::refused, Retry::ask_operator},
        {code::too_many, Verdict::try_later, Retry::backoff},
        {code::not_ready, Verdict::try_later, Retry::backoff},
        {code::system_busy, Verdict::try_later, Retry::backoff},
        {code::network, Verdict::try_later, Retry::backoff},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code);
        for (const bool again : {false, true}) CHECK(judge(refusal(row.code), again) == row.wanted);
        CHECK(retry_of(row.wanted) == row.retry);
    }
}

TEST_CASE("answers: clock skew and a used nonce are signed again once, not twice", "[identity][unit]") {
    for (const int code : {code::clock_skew, code::nonce_used}) {
        CHECK(judge(refusal(code), false) == Verdict::sign_again);
        CHECK(judge(refusal(code), true) == Verdict::try_later);
    }
}

TEST_CASE("answers: what the network could not do is tried later, a result is accepted", "[identity][unit]") {
    for (const Errc errc :
         {Errc::timeout, Errc::unreachable, Errc::refused, Errc::bad_message, Errc::cancelled})
        CHECK(judge(Reply{fail(errc)}, false) == Verdict::try_later);
    CHECK(judge(Reply{json::Value(json::Object{})}, false) == Verdict::accepted);
}

TEST_CASE("answers: a 200 gives its object and the server's time, the body's before Date",
          "[identity][unit]") {
    const auto with_time = read_answer(response(200, R"({"registered": true, "serverTime": 1767225600123})"));
    REQUIRE(with_time.reply.result());
    CHECK(with_time.server_time == 1767225600123);
    const auto with_date = read_answer(response(200, R"({"registered": true})"));
    CHECK(with_date.server_time == 784111777000);
}

TEST_CASE("answers: a 401 gives code, message, member and time", "[identity][unit]") {
    const auto answer = read_answer(response(
        401, R"({"errCode": 4011, "errMsg": "skew", "field": "timestamp", "serverTime": 1767225600000})"));
    REQUIRE(answer.reply.fault());
    CHECK(answer.reply.fault()->err_code == 4011);
    CHECK(answer.reply.fault()->err_msg == "skew");
    CHECK(answer.reply.fault()->field == "timestamp");
    CHECK(answer.server_time == 1767225600000);
}

TEST_CASE("answers: a refusal without words gets the table's", "[identity][unit]") {
    const auto answer = read_answer(response(400, R"({"errCode": 10008})"));
    REQUIRE(answer.reply.fault());
    CHECK(answer.reply.fault()->err_msg == "the snTicket is wrong or expired");
}

TEST_CASE("answers: 9 is said in the words of a registration, also where the service used those of a call",
          "[identity][unit]") {
    for (const char* body :
         {R"({"errCode": 9})",
          R"({"errCode": 9, "errMsg": "the user has not authorised this device, or has withdrawn it"})"}) {
        const auto answer = read_answer(response(409, body));
        REQUIRE(answer.reply.fault());
        CHECK(answer.reply.fault()->err_msg == "the SN is registered with another key");
    }
    const auto vendor = read_answer(response(409, R"({"errCode": 9, "errMsg": "SN is sold"})"));
    REQUIRE(vendor.reply.fault());
    CHECK(vendor.reply.fault()->err_msg == "SN is sold");
}

TEST_CASE("answers: pages of proxies and broken bodies are bad messages that name the status",
          "[identity][unit]") {
    struct Row {
        unsigned status;
        const char* body;
    };
    const Row rows[] = {{502, "<html>Bad Gateway</html>"},
                        {200, ""},
                        {200, "[1]"},
                        {200, "\"text\""},
                        {500, "{}"},
                        {500, R"({"errCode": "9"})"},
                        {500, R"({"errCode": 99999999999})"},
                        {302, ""}};
    for (const Row& row : rows) {
        CAPTURE(row.status, row.body);
        const auto answer = read_answer(response(row.status, row.body));
        REQUIRE(answer.reply.error());
        CHECK(answer.reply.error()->is(Errc::bad_message));
        CHECK(answer.reply.error()->context == "HTTP " + std::to_string(row.status));
        CHECK(answer.server_time == 784111777000);
    }
}

TEST_CASE("answers: no answer has no time", "[identity][unit]") {
    const auto answer = read_answer(fail(Errc::unreachable, "host"));
    REQUIRE(answer.reply.error());
    CHECK(answer.reply.error()->is(Errc::unreachable));
    CHECK_FALSE(answer.server_time);
}

}  // namespace
}  // namespace voip::identity
