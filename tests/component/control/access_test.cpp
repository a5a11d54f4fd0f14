// Who gets in, what he may do, and how he is told that it is over.
#include <boost/asio/co_spawn.hpp>

#include "daemon/control/closing.hpp"
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {
namespace {

std::string request(int id, std::string_view method) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + std::string(method) + "\"}";
}

std::string closing_line(std::string_view reason) {
    return R"({"jsonrpc":"2.0","method":"api.closing","params":{"reason":")" + std::string(reason) + "\"}}";
}

}  // namespace

TEST_CASE("access: an observer may use 8 of 21 methods, the others are error 4030", "[control][component]") {
    World world;
    const auto client = world.connect_as(stranger_uid, {27, observe_gid});
    int allowed = 0, id = 0;
    for (const Command& command : commands()) {
        INFO(command.name);
        client->lines.clear();
        world.notes.clear();
        world.send(client, request(++id, command.name));
        REQUIRE(client->lines.size() == 1);
        const std::string answer = outcome(parsed(client->lines[0]));
        if (command.role == Role::observe) {
            ++allowed;
            CHECK(answer.starts_with("result"));
        } else {
            CHECK(answer == "error 4030");
            CHECK(world.notes.empty());
        }
    }
    CHECK(allowed == 8);
    CHECK(!client->end);
}

TEST_CASE("access: 3 kinds of control may press buttons", "[control][component]") {
    World world;
    for (const auto& client : {world.connect_as(0), world.connect_as(stranger_uid, {control_gid}),
                               world.connect_as(stranger_uid, {observe_gid, control_gid})}) {
        world.send(client, R"({"jsonrpc":"2.0","id":1,"method":"board.press","params":{"button":"call"}})");
        REQUIRE(client->lines.size() == 1);
        CHECK(outcome(parsed(client->lines[0])) == "result {}");
    }
    CHECK(world.server->clients() == 3);
}

TEST_CASE("access: a stranger is told so in 1 message and closed", "[control][component]") {
    World world;
    const auto client = world.connect_as(stranger_uid, {27});
    CHECK(client->lines == std::vector<std::string>{closing_line(closing::not_allowed)});
    REQUIRE(client->end);
    CHECK(client->end->is(Errc::closed));
    CHECK(world.server->clients() == 0);
    CHECK(world.server->stats().refused == 1);
    CHECK(world.server->stats().accepted == 0);
}

TEST_CASE("access: what a stranger asks is not looked at", "[control][component]") {
    World world;
    auto client = world.connect_as(stranger_uid);
    world.send(client, request(1, "board.press"));
    world.advance(2s);
    CHECK(client->lines.size() == 1);
    CHECK(world.notes.empty());
}

TEST_CASE("access: of 4 clients 3 get in, the 4th when one has gone", "[control][component]") {
    World world(3);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(world.connect());
    RawClient fourth = world.connect();
    CHECK(fourth.lines() == std::vector<std::string>{closing_line(closing::too_many)});
    CHECK(fourth.closed());
    CHECK(world.server->clients() == 3);
    for (RawClient& client : clients) {
        client.request(1, "room.get");
        world.settle();
        CHECK(outcome(client.line()).starts_with("result"));
    }
    clients.pop_back();
    world.settle();
    RawClient fifth = world.connect();
    fifth.request(1, "room.get");
    world.settle();
    CHECK(outcome(fifth.line()).starts_with("result"));
}

TEST_CASE("access: 200 strangers at once leave nothing behind but 1 line in the log, and 1 a second later",
          "[control][component]") {
    World world(2);
    std::vector<std::shared_ptr<PairClient>> strangers;
    for (int i = 0; i < 200; ++i) strangers.push_back(world.connect_as(stranger_uid));
    world.advance(2s);
    for (const auto& stranger : strangers) CHECK(stranger->end);
    CHECK(world.server->stats().refused == 200);
    CHECK(world.server->clients() == 0);
    (void)world.connect_as(stranger_uid);
    std::vector<std::string> lines;
    for (const std::string& line : world.log_lines)
        if (line.find("client refused") != std::string::npos) lines.push_back(line);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("uid=1000") != std::string::npos);
    CHECK(lines[1].find("unsaid_before=199") != std::string::npos);
}

TEST_CASE("access: of 100 refused who do not read, at most 64 are told, and all are closed after 1 s",
          "[control][component]") {
    World world(1);
    std::vector<std::shared_ptr<PairClient>> crowd;
    for (int i = 0; i < 100; ++i) {
        auto client = std::make_shared<PairClient>(world.timers);
        client->pair.stall(voip::test::StreamPair::a);
        world.tasks.spawn("serve", world.server->serve(client->pair.take(voip::test::StreamPair::a), {}));
        crowd.push_back(client);
    }
    // Credentials of all zeros are root's: only the first gets in.
    world.settle();
    CHECK(world.server->clients() == 1);
    int open = 0;
    for (const auto& client : crowd) open += client->pair.is_open(voip::test::StreamPair::a) ? 1 : 0;
    CHECK(open == 65);
    world.advance(1100ms);
    open = 0;
    for (const auto& client : crowd) open += client->pair.is_open(voip::test::StreamPair::a) ? 1 : 0;
    CHECK(open == 1);
}

TEST_CASE("access: at the end 3 clients are told why, after what they had coming", "[control][component]") {
    World world;
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(world.connect());
    clients[0].request(1, "room.subscribe");
    world.settle();
    (void)clients[0].lines();
    world.calls.change({});
    world.stop();
    const auto lines = clients[0].lines();
    REQUIRE(lines.size() == 2);
    CHECK(*parsed(lines[0]).find("method") == json::Value("room.changed"));
    CHECK(lines[1] == closing_line(closing::stopping));
    for (RawClient& client : clients) CHECK(client.closed());
    CHECK(clients[2].lines() == std::vector<std::string>{closing_line(closing::stopping)});
    CHECK(!std::filesystem::exists(world.folder.path() / "api.sock"));
}

TEST_CASE("access: a client that reads nothing does not keep the daemon from stopping within 1.5 s",
          "[control][component]") {
    World world;
    const auto deaf = world.connect_as(0);
    deaf->pair.stall(voip::test::StreamPair::a);
    world.calls.hold = true;
    world.send(deaf, R"({"jsonrpc":"2.0","id":1,"method":"voip.call","params":{"contact":"a"}})");
    CHECK(world.calls.waiting == 1);
    const TimePoint before = world.timers.now();
    world.stop();
    CHECK(world.timers.now() - before <= 1600ms);
    CHECK(world.calls.waiting == 0);
    CHECK(world.server->clients() == 0);
}

TEST_CASE("access: who connects while the daemon stops is told so", "[control][component]") {
    World world;
    world.stop();
    auto late = std::make_shared<PairClient>(world.timers);
    bool served = false;
    auto serve = [](World* w, std::shared_ptr<PairClient> client, bool* done) -> asio::awaitable<void> {
        auto stream = client->pair.take(voip::test::StreamPair::a);
        transport::PeerCredentials who;
        co_await w->server->serve(std::move(stream), who);
        *done = true;
    };
    asio::co_spawn(world.io, serve(&world, late, &served), [](const std::exception_ptr&) {});
    auto read = [](std::shared_ptr<PairClient> client) -> asio::awaitable<void> {
        auto line = co_await client->stream->receive();
        if (line) client->lines.push_back(std::move(*line));
    };
    asio::co_spawn(world.io, read(late), [](const std::exception_ptr&) {});
    world.settle();
    CHECK(served);
    CHECK(late->lines == std::vector<std::string>{closing_line(closing::stopping)});
}

TEST_CASE("access: a 2nd daemon on the same socket is refused, the 1st goes on", "[control][component]") {
    World world;
    const Ports ports{world.calls, world.contacts, world.history, world.device, world.board, world.operation};
    Server second(world.io.get_executor(), world.timers, ports, {}, Log());
    const auto started = second.start(world.folder.path() / "api.sock");
    REQUIRE(!started);
    CHECK(started.error().context.find("another daemon") != std::string::npos);
    RawClient client = world.connect();
    client.request(1, "room.get");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
}

}  // namespace voip::control::test
