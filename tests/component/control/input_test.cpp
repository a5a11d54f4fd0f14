// Input that nobody decent sends.
#include "protocol/limits.hpp"
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {

TEST_CASE("input: 9 things that cannot be parsed are answered -32700 with id null and closed",
          "[control][component]") {
    const std::string deep = std::string(17, '[') + std::string(17, ']');
    const std::pair<std::string_view, std::string> cases[] = {
        {"garbage", std::string("\x01\x02 garbage\n")},
        {"half json", "{\"jsonrpc\": \"2.0\", \"id\": 1,\n"},
        {"depth 17", R"({"jsonrpc":"2.0","id":1,"method":"room.get","params":)" + deep + "}\n"},
        {"not utf-8", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}\n"},
        {"surrogate", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xed\xa0\x80\"}\n"},
        {"long line", R"({"jsonrpc":"2.0","id":1,"method":"room.get","params":{"x":")" +
                          std::string(70000, 'a') + "\"}}\n"},
        {"no line end", std::string(70000, 'a')},
        {"two values", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"room.get\"} {}\n"},
        {"duplicate", "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"room.get\"}\n"},
    };
    World world;
    RawClient witness = world.connect();
    for (const auto& [name, bytes] : cases) {
        INFO(name);
        RawClient client = world.connect();
        client.send(bytes);
        world.settle();
        const auto lines = client.lines();
        REQUIRE(lines.size() == 1);
        const json::Value answer = parsed(lines[0]);
        CHECK(*answer.find("error")->find("code") == json::Value(-32700));
        CHECK(answer.find("id")->is_null());
        CHECK(client.closed());
    }
    CHECK(world.server->clients() == 1);
    witness.request(1, "room.get");
    world.settle();
    CHECK(outcome(witness.line()).starts_with("result"));
}

TEST_CASE("input: 8 wrong requests are answered and the connection lives", "[control][component]") {
    World world;
    RawClient client = world.connect();
    const std::pair<std::string_view, std::string_view> cases[] = {
        {R"({"jsonrpc":"2.0","id":1,"method":"no.such"})", "error -32601"},
        {R"({"jsonrpc":"2.0","id":1,"method":"rpc.discover"})", "error -32601"},
        {R"({"jsonrpc":"2.0","id":1,"method":"room.get","params":[]})", "error -32602"},
        {R"({"jsonrpc":"2.0","id":1,"method":"room.get","params":"x"})", "error -32600"},
        {R"({"jsonrpc":"1.0","id":1,"method":"room.get"})", "error -32600"},
        {R"({"jsonrpc":"2.0","id":1,"method":7})", "error -32600"},
        {R"({"jsonrpc":"2.0","id":{},"method":"room.get"})", "error -32600"},
        {R"([{"jsonrpc":"2.0","id":1,"method":"room.get"}])", "error -32600"},
    };
    for (const auto& [text, answer] : cases) {
        INFO(text);
        client.send(std::string(text) + "\n");
        world.settle();
        CHECK(outcome(client.line()) == answer);
    }
    client.request(2, "room.get", R"({"unknown":{"deep":[1]}})");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
}

TEST_CASE("input: depth 16 and 64 KiB are still understood", "[control][component]") {
    World world;
    RawClient client = world.connect();
    const std::string deep = std::string(14, '[') + std::string(14, ']');  // inside two objects
    client.request(1, "room.get", "{\"x\":" + deep + "}");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
    const std::string head = R"({"jsonrpc":"2.0","id":2,"method":"room.get","params":{"x":")";
    client.send(head + std::string(limits::message_bytes - head.size() - 3, 'a') + "\"}}\n");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
}

TEST_CASE("input: notifications and responses to nothing are ignored, even control methods",
          "[control][component]") {
    World world;
    RawClient client = world.connect();
    client.send(R"({"jsonrpc":"2.0","method":"board.press","params":{"button":"call"}})"
                "\n");
    client.send(R"({"jsonrpc":"2.0","id":77,"result":{}})"
                "\n");
    client.send("\n\r\n");
    world.settle();
    CHECK(client.lines().empty());
    CHECK(world.notes.empty());
    client.request(1, "room.get");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
}

TEST_CASE("input: a request of single bytes is 1 request, 200 in one block are 200", "[control][component]") {
    World world;
    RawClient client = world.connect();
    for (const char byte : std::string_view("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"room.get\"}\n")) {
        CHECK(client.lines().empty());
        client.send({&byte, 1});
        world.settle();
    }
    CHECK(*client.line().find("id") == json::Value(1));
    std::string block;
    for (int i = 0; i < 200; ++i)
        block += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"room.get"})" + "\r\n";
    client.send(block);
    std::vector<std::string> lines;
    for (int i = 0; i < 10; ++i) {  // more than the kernel holds at once
        world.settle();
        const auto more = client.lines();
        lines.insert(lines.end(), more.begin(), more.end());
    }
    REQUIRE(lines.size() == 200);
    for (std::size_t i = 0; i < lines.size(); ++i)
        CHECK(*parsed(lines[i]).find("id") == json::Value(static_cast<std::int64_t>(i)));
}

TEST_CASE("input: who leaves in the middle of a line leaves nothing behind", "[control][component]") {
    World world;
    {
        RawClient client = world.connect();
        client.send(R"({"jsonrpc":"2.0","id":1,"method":"board.pre)");
        world.settle();
        CHECK(world.server->clients() == 1);
    }
    world.settle();
    CHECK(world.server->clients() == 0);
    CHECK(world.notes.empty());
}

TEST_CASE("input: who asks 20000 times and never reads is cut; the others lose nothing",
          "[control][component]") {
    World world(64, 16 * 1024);
    RawClient fast = world.connect();
    const auto slow = world.connect_as(0);
    slow->pair.stall(voip::test::StreamPair::a);
    const std::string request =
        R"({"jsonrpc":"2.0","id":")" + std::string(60, 'x') + R"(","method":"room.get"})";
    for (int i = 0; i < 20000 && slow->pair.is_open(voip::test::StreamPair::a); ++i)
        slow->pair.inject(voip::test::StreamPair::b, Result<std::string>(request));
    world.advance(2s);
    CHECK(!slow->pair.is_open(voip::test::StreamPair::a));
    CHECK(world.server->clients() == 1);
    fast.request(1, "room.get");
    world.settle();
    CHECK(outcome(fast.line()).starts_with("result"));
}

}  // namespace voip::control::test
