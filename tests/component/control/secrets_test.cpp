// Tokens and tickets: in 1 answer, and nowhere else.
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {
namespace {

constexpr std::string_view push_token = "push-token-secret";
constexpr std::string_view device_token = "planted-device-token-0123456789";
constexpr std::string_view ticket = "PlantedTicket0123456789abcdefXYZ";

bool holds_secret(const std::string& text) {
    return text.find(push_token) != std::string::npos || text.find(device_token) != std::string::npos ||
           text.find(ticket) != std::string::npos;
}

}  // namespace

TEST_CASE("secrets: of 21 methods 1 answers with a token, and no log line holds 1",
          "[control][component][INV-12]") {
    World world;
    RawClient watcher = world.connect(), client = world.connect();
    watcher.request(1, "room.subscribe", R"({"events":["calling","startVoip"]})");
    world.settle();
    std::vector<std::string> with_secret;
    int id = 0;
    for (const Command& command : commands()) {
        std::string params =
            R"({"contact":"reception","button":"call","relay":"door","levels":"info","people":[{"openId":"o"}],)";
        params +=
            R"("roomType":"voice","listener":{"id":"o-1"},"voipToken":")" + std::string(device_token) + "\",";
        params += R"("snTicket":")" + std::string(ticket) + "\"}";
        client.request(++id, command.name, params);
        world.settle();
        for (const std::string& line : client.lines()) {
            INFO(line);
            CHECK(outcome(parsed(line)).starts_with("result"));
            if (holds_secret(line)) with_secret.emplace_back(command.name);
        }
    }
    CHECK(with_secret == std::vector<std::string>{"device.getPushToken"});
    for (const std::string& line : watcher.lines()) CHECK(!holds_secret(line));
    for (const std::string& line : world.log_lines) CHECK(!holds_secret(line));
    CHECK(!world.log_lines.empty());
}

TEST_CASE("secrets: 4 refusals do not repeat what was sent", "[control][component][INV-12]") {
    World world;
    RawClient client = world.connect();
    const std::string wrong = std::string(ticket) + "!";
    const std::pair<std::string_view, std::string> cases[] = {
        {"device.register", R"({"snTicket":")" + wrong + "\"}"},
        {"voip.initByCaller", R"({"roomType":"voice","listener":{"id":"o"},"voipToken":")" +
                                  std::string(device_token) + R"(","VoipToken":"other"})"},
        {"voip.initByCaller",
         R"({"roomType":"voice","listener":{"id":"o"},"voipToken":["x"],"x":")" + wrong + "\"}"},
        {"device.none", R"({"snTicket":")" + wrong + "\"}"},
    };
    for (const auto& [method, params] : cases) {
        client.request(1, method, params);
        world.settle();
        const auto lines = client.lines();
        REQUIRE(lines.size() == 1);
        INFO(lines[0]);
        CHECK(outcome(parsed(lines[0])).starts_with("error"));
        CHECK(!holds_secret(lines[0]));
    }
    client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"device.register\",\"params\":{\"snTicket\":\"" +
                wrong + "\"}\n");
    world.settle();
    for (const std::string& line : client.lines()) CHECK(!holds_secret(line));
    for (const std::string& line : world.log_lines) CHECK(!holds_secret(line));
}

TEST_CASE("secrets: an observer cannot fetch the token", "[control][component][INV-12]") {
    World world;
    const auto client = world.connect_as(stranger_uid, {observe_gid});
    world.send(client, R"({"jsonrpc":"2.0","id":1,"method":"device.getPushToken"})");
    REQUIRE(client->lines.size() == 1);
    CHECK(outcome(parsed(client->lines[0])) == "error 4030");
    CHECK(world.notes.empty());
}

}  // namespace voip::control::test
