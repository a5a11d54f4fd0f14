#include "protocol/rpc/codec.hpp"

#include <limits>
#include <random>

#include "protocol/limits.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using rpc::decode;
using rpc::Id;
using test::parsed;

namespace {

template <class Kind>
Kind decoded(std::string_view text) {
    const auto message = decode(text);
    INFO(text);
    REQUIRE(message);
    const Kind* kind = std::get_if<Kind>(&message->what);
    REQUIRE(kind);
    return *kind;
}

struct Refused {
    const char* text;
    int code;
    std::optional<Id> id;
};

void check_refused(const Refused& c) {
    INFO(c.text);
    const auto message = decode(c.text);
    REQUIRE_FALSE(message);
    CHECK(message.error().fault.err_code == c.code);
    CHECK_FALSE(message.error().fault.err_msg.empty());
    CHECK(message.error().id == c.id);
}

}  // namespace

TEST_CASE("rpc: the 4 kinds of messages are told apart", "[protocol][unit]") {
    const auto request =
        decoded<rpc::Request>(R"({"jsonrpc":"2.0","id":7,"method":"room.get","params":{"a":1}})");
    CHECK(request.id == Id(7));
    CHECK(request.method == "room.get");
    CHECK(request.params == parsed(R"({"a":1})"));
    const auto notification =
        decoded<rpc::Notification>(R"({"jsonrpc":"2.0","method":"voip.event","params":[1]})");
    CHECK(notification.method == "voip.event");
    CHECK(notification.params == parsed("[1]"));
    const auto success = decoded<rpc::Success>(R"({"jsonrpc":"2.0","id":"x","result":null})");
    CHECK(success.id == Id("x"));
    CHECK(success.result.is_null());
    const auto failure = decoded<rpc::Failure>(
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}})");
    CHECK_FALSE(failure.id);
    CHECK(failure.fault == Fault{-32700, "parse error", "", {}});
}

TEST_CASE("rpc: params may be absent, and unknown members are ignored", "[protocol][unit]") {
    CHECK(decoded<rpc::Request>(R"({"jsonrpc":"2.0","id":-1,"method":"a"})").params.is_null());
    CHECK(decoded<rpc::Request>(R"({"x":{},"method":"a","jsonrpc":"2.0","trace":1,"id":0})").id == Id(0));
    CHECK(decoded<rpc::Success>(R"({"jsonrpc":"2.0","id":1,"result":{},"took":5})").id == Id(1));
}

TEST_CASE("rpc: ids are integers of 64 bits and strings of up to 64 bytes", "[protocol][unit]") {
    const std::string longest(limits::rpc_id_bytes, 'i');
    for (const Id& id :
         {Id(std::numeric_limits<std::int64_t>::max()), Id(std::numeric_limits<std::int64_t>::min()), Id(""),
          Id(longest), Id("\xe4\xbd\xa0\n")}) {
        CHECK(decoded<rpc::Request>(rpc::write_request(id, "m", {})).id == id);
        CHECK(decoded<rpc::Success>(rpc::write_success(id, 1)).id == id);
        CHECK(decoded<rpc::Failure>(rpc::write_failure(id, Fault{5, "x", "", {}})).id == id);
    }
    const std::string text = rpc::write_request(longest + "i", "m", {});
    const auto refused = decode(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault.err_code == rpc::invalid_request);
    CHECK_FALSE(refused.error().id);
}

TEST_CASE("rpc: a method has 1 to 64 bytes", "[protocol][unit]") {
    const std::string longest(limits::method_bytes, 'm');
    CHECK(decoded<rpc::Request>(rpc::write_request(Id(1), longest, {})).method == longest);
    const auto refused = decode(rpc::write_request(Id(1), longest + "m", {}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().id == Id(1));
    CHECK(refused.error().fault.err_code == rpc::invalid_request);
}

TEST_CASE("rpc: 16 texts that are no JSON are parse errors without an id", "[protocol][unit]") {
    for (const char* text :
         {"", " ", "hello", "{", "}", "{]", "\x80", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"",
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"} {}", "{\"id\":1,\"id\":2}", "\xff\xfe{}",
          "{'id':1}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\\ud800\"}", "// x\n{}", "{\"a\":01}"})
        check_refused({text, rpc::parse_error, {}});
}

TEST_CASE("rpc: too deep and too large messages are parse errors", "[protocol][unit]") {
    const std::string deep = R"({"jsonrpc":"2.0","id":1,"method":"a","params":)" + std::string(16, '[') +
                             std::string(16, ']') + "}";
    check_refused({deep.c_str(), rpc::parse_error, {}});
    const std::string fits = R"({"jsonrpc":"2.0","id":1,"method":"a","params":)" + std::string(15, '[') +
                             std::string(15, ']') + "}";
    CHECK(decode(fits));
    std::string large = R"({"jsonrpc":"2.0","id":1,"method":"a","params":{"x":")";
    const std::string end = R"("}})";
    large += std::string(limits::message_bytes - large.size() - end.size(), 'x') + end;
    CHECK(large.size() == limits::message_bytes);
    CHECK(decode(large));
    check_refused({(large + " ").c_str(), rpc::parse_error, {}});
}

TEST_CASE("rpc: 40 wrong envelopes are refused, with the id where it could be read", "[protocol][unit]") {
    const std::optional<Id> none, one = Id(1), text = Id("a");
    const int bad = rpc::invalid_request;
    const Refused cases[] = {
        {"null", bad, none},
        {"5", bad, none},
        {"\"text\"", bad, none},
        {"true", bad, none},
        {"[]", bad, none},
        {R"([{"jsonrpc":"2.0","id":1,"method":"a"}])", bad, none},
        {"{}", bad, none},
        {R"({"id":1})", bad, one},
        {R"({"id":"a","method":"m"})", bad, text},
        {R"({"jsonrpc":"1.0","id":1,"method":"a"})", bad, one},
        {R"({"jsonrpc":2.0,"id":1,"method":"a"})", bad, one},
        {R"({"jsonrpc":2,"id":1,"method":"a"})", bad, one},
        {R"({"jsonrpc":null,"id":1,"method":"a"})", bad, one},
        {R"({"jsonrpc":"2.0 ","id":1,"method":"a"})", bad, one},
        {R"({"jsonrpc":"2.0","id":1})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":5})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":null})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":""})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":["a"]})", bad, one},
        {R"({"jsonrpc":"2.0","id":null,"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":1.5,"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":1.0,"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":true,"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":[1],"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":{},"method":"a"})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"method":"a","params":5})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":"a","params":"x"})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":"a","params":null})", bad, one},
        {R"({"jsonrpc":"2.0","method":"a","params":false})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"method":"a","result":1})", bad, one},
        {R"({"jsonrpc":"2.0","id":1,"method":"a","error":{}})", bad, one},
        // Responses: the id is not the peer's own, so it is not sent back.
        {R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}})", bad, none},
        {R"({"jsonrpc":"2.0","result":1})", bad, none},
        {R"({"jsonrpc":"2.0","id":null,"result":1})", bad, none},
        {R"({"jsonrpc":"2.0","id":[],"result":1})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"error":5})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"error":{"message":"x"}})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"x"}})", bad, none},
        {R"({"jsonrpc":"2.0","id":1,"error":{"code":4294967297,"message":"x"}})", bad, none},
        {R"({"jsonrpc":"1.0","id":1,"result":1})", bad, none},
    };
    CHECK(std::size(cases) == 40);
    for (const Refused& c : cases) check_refused(c);
}

TEST_CASE("rpc: what is refused can be answered at once", "[protocol][unit]") {
    const auto refused = decode(R"({"jsonrpc":"2.0","id":"q","method":5})");
    REQUIRE_FALSE(refused);
    const auto failure = decoded<rpc::Failure>(rpc::write_failure(refused.error().id, refused.error().fault));
    CHECK(failure.id == Id("q"));
    CHECK(failure.fault == refused.error().fault);
    const auto nobody = decoded<rpc::Failure>(rpc::write_failure(std::nullopt, refused.error().fault));
    CHECK_FALSE(nobody.id);
}

TEST_CASE("rpc: a Fault travels as code, message and data", "[protocol][unit]") {
    Fault fault{1004, "caller.id: missing", "caller.id", {}};
    CHECK(rpc::write_failure(Id(3), fault) ==
          R"({"jsonrpc":"2.0","id":3,"error":{"code":1004,"message":"caller.id: missing",)"
          R"("data":{"errCode":1004,"errMsg":"caller.id: missing","field":"caller.id"}}})");
    fault.field.clear();
    fault.data = parsed(R"({"serverTime":1767225600000,"more":[1]})");
    CHECK(rpc::write_failure(std::nullopt, fault) ==
          R"({"jsonrpc":"2.0","id":null,"error":{"code":1004,"message":"caller.id: missing",)"
          R"("data":{"errCode":1004,"errMsg":"caller.id: missing","serverTime":1767225600000,"more":[1]}}})");
    CHECK(decoded<rpc::Failure>(rpc::write_failure(Id(1), fault)).fault == fault);
}

TEST_CASE("rpc: further data cannot replace the Fault's own members", "[protocol][unit]") {
    const Fault forged{9, "not authorised", "",
                       parsed(R"({"errCode":0,"errMsg":"fine","field":"x","kept":true})")};
    const auto read = decoded<rpc::Failure>(rpc::write_failure(Id(1), forged)).fault;
    CHECK(read == Fault{9, "not authorised", "", parsed(R"({"kept":true})")});
}

TEST_CASE("rpc: errors of strangers are understood: no data, odd data, empty message", "[protocol][unit]") {
    const auto fault = [](std::string_view error) {
        return decoded<rpc::Failure>(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(error) + "}").fault;
    };
    CHECK(fault(R"({"code":-32601,"message":"Method not found"})") ==
          Fault{-32601, "Method not found", "", {}});
    CHECK(fault(R"({"code":1,"message":"m","data":"text"})") == Fault{1, "m", "", {}});
    CHECK(fault(R"({"code":1,"message":"m","data":[1,2]})") == Fault{1, "m", "", {}});
    CHECK(fault(R"({"code":1,"message":"","data":{"errMsg":"words"}})") == Fault{1, "words", "", {}});
    CHECK(fault(R"({"code":1,"message":"m","data":{"field":7,"errCode":5}})") == Fault{1, "m", "", {}});
    CHECK(fault(R"({"code":9800011,"message":"m"})").err_code == 9800011);
}

TEST_CASE("rpc: null params are left out, a null result is not", "[protocol][unit]") {
    CHECK(rpc::write_request(Id(1), "a", {}) == R"({"jsonrpc":"2.0","id":1,"method":"a"})");
    CHECK(rpc::write_notification("a", {}) == R"({"jsonrpc":"2.0","method":"a"})");
    CHECK(rpc::write_success(Id(1), {}) == R"({"jsonrpc":"2.0","id":1,"result":null})");
}

TEST_CASE("rpc: a message is one line, whatever its texts hold", "[protocol][unit]") {
    json::Value params;
    params.set("text", "a\nb\r\n\t\x01");
    for (const std::string& line :
         {rpc::write_request(Id("i\n"), "m\n", params), rpc::write_notification("m", params),
          rpc::write_success(Id(1), params), rpc::write_failure(Id(1), Fault{1, "a\nb", "f\n", params})}) {
        CHECK(line.find('\n') == std::string::npos);
        CHECK(line.find('\r') == std::string::npos);
    }
}

TEST_CASE("rpc: 20000 damaged messages are refused or taken, never worse", "[protocol][unit]") {
    const std::string good[] = {
        R"({"jsonrpc":"2.0","id":7,"method":"room.get","params":{"a":[1,2.5,"x",null]}})",
        R"({"jsonrpc":"2.0","id":"q","result":{"phase":"idle"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":9,"message":"m","data":{"errCode":9}}})"};
    std::mt19937 random(4711);
    int taken = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text = good[random() % 3];
        for (auto n = random() % 3 + 1; n > 0; --n) {
            const std::size_t at = random() % text.size();
            switch (random() % 3) {
                case 0: text[at] = static_cast<char>(random() % 256); break;
                case 1: text.erase(at, random() % 5); break;
                default: text.insert(at, 1, "{}[],:\"0"[random() % 8]);
            }
            if (text.empty()) text = "x";
        }
        const auto message = decode(text);
        if (message)
            ++taken;
        else
            CHECK((message.error().fault.err_code == rpc::parse_error ||
                   message.error().fault.err_code == rpc::invalid_request));
    }
    CHECK(taken > 100);  // some damage hits texts only
    CHECK(taken < 15000);
}
