#include "protocol/rpc/codec.hpp"
#include "tests/component/identity/bench.hpp"

namespace voip::test {
namespace {

std::string word(const Fault& fault, std::string_view name) {
    const json::Value* member = fault.data.find(name);
    return member && member->as_string() ? *member->as_string() : "";
}

/// What the record on the disk says.
std::string recorded(const IdentityBench& bench) {
    const auto record = json::parse(bench.folder.read("identity.json"));
    REQUIRE(record);
    return *record->find("registration")->as_string();
}

TEST_CASE("registration: a fresh device makes its key, registers with 1 request and gets a token with a 2nd",
          "[identity][component]") {
    IdentityBench bench;
    bench.start();
    CHECK(bench.state() == RegistrationState::unregistered);
    CHECK(bench.service.paths.empty());
    bench.service.tickets.insert(ticket);
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    CHECK(*answer);
    bench.settle();
    CHECK(bench.service.paths == std::vector<std::string>{"/v1/device/register", "/v1/device/token"});
    CHECK(bench.state() == RegistrationState::registered);
    REQUIRE(bench.device->current_device_token());
    CHECK(*bench.device->current_device_token() == bench.service.tokens.back());
    CHECK(bench.device->facts().device_token_expires == bench.service.now() + 3600'000);
    CHECK(recorded(bench) == "registered");
}

TEST_CASE("registration: listeners hear registering, registered, and the token", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    std::vector<RegistrationState> states;
    for (const DeviceFacts& facts : bench.changes) states.push_back(facts.registration.state);
    REQUIRE(states.size() >= 4);
    CHECK(states[0] == RegistrationState::unregistered);
    CHECK(states[1] == RegistrationState::registering);
    CHECK(states.back() == RegistrationState::registered);
    CHECK(bench.changes.back().device_token_expires > 0);
    CHECK(std::adjacent_find(bench.changes.begin(), bench.changes.end()) == bench.changes.end());
}

TEST_CASE("registration: after a restart the same key gets a token without a ticket",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const std::string key = bench.service.keys["SN-0001"];
    bench.restart();
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token());
    CHECK(bench.service.count("/v1/device/register") == 1);
    CHECK(bench.service.keys["SN-0001"] == key);
}

TEST_CASE("registration: a wrong ticket is asked once and calls for a new one", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    REQUIRE_FALSE(*answer);
    CHECK(answer->error().err_code == code::ticket_expired);
    CHECK(word(answer->error(), "retry") == "new_ticket");
    bench.advance(1h);
    CHECK(bench.service.paths.size() == 1);
    CHECK(bench.state() == RegistrationState::unregistered);
    CHECK(bench.device->facts().registration.err_code == code::ticket_expired);
    CHECK(recorded(bench) == "none");
}

TEST_CASE("registration: a ticket that cannot be one is refused without a request", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    for (const char* wrong :
         {"", "short", "Ticket789012345678901234567890-x", "Ticket7890123456789012345678901xx"}) {
        const auto answer = bench.run(bench.device->register_device(wrong));
        REQUIRE(answer);
        REQUIRE_FALSE(*answer);
        CHECK(answer->error().err_code == code::ticket_illegal);
        CHECK(answer->error().field == "snTicket");
    }
    CHECK(bench.service.paths.empty());
}

TEST_CASE("registration: an SN with another key (409, errCode 9) is a case for the operator",
          "[identity][component]") {
    IdentityBench bench;
    bench.service.keys["SN-0001"] = crypto::KeyPair::generate().public_key();
    bench.service.tickets.insert(ticket);
    bench.start();
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    REQUIRE_FALSE(*answer);
    CHECK(answer->error().err_code == code::already_registered);
    CHECK(answer->error().err_msg == "the SN is registered with another key");
    CHECK(word(answer->error(), "retry") == "ask_operator");
    CHECK(bench.state() == RegistrationState::refused);
    bench.advance(1h);
    CHECK(bench.service.paths.size() == 1);
}

TEST_CASE("registration: an unreachable service leaves the ticket for a second try",
          "[identity][component]") {
    IdentityBench bench;
    bench.start();
    bench.service.unreachable = true;
    bench.service.tickets.insert(ticket);
    const auto first = bench.run(bench.device->register_device(ticket));
    REQUIRE(first);
    REQUIRE_FALSE(*first);
    CHECK(first->error().err_code == code::network);
    CHECK(word(first->error(), "retry") == "backoff");
    CHECK(bench.service.count("/v1/device/register") == 1);
    bench.service.unreachable = false;
    const auto second = bench.run(bench.device->register_device(ticket));
    REQUIRE(second);
    CHECK(*second);
}

TEST_CASE("registration: a lost answer is found out by asking for a token", "[identity][component]") {
    IdentityBench bench;
    bench.service.tickets.insert(ticket);
    bench.start();
    bench.service.loses_answers = true;
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    REQUIRE_FALSE(*answer);
    CHECK(answer->error().err_code == code::network);
    CHECK(bench.state() == RegistrationState::registering);
    CHECK(recorded(bench) == "pending");
    bench.service.loses_answers = false;
    bench.advance(2min);
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(recorded(bench) == "registered");
    CHECK(bench.service.count("/v1/device/register") == 1);
}

TEST_CASE("registration: power lost before the answer is found out at the next start",
          "[identity][component]") {
    IdentityBench bench;
    bench.service.tickets.insert(ticket);
    bench.start();
    bench.service.loses_answers = true;
    (void)bench.run(bench.device->register_device(ticket));
    bench.service.loses_answers = false;
    bench.restart();
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token());
}

TEST_CASE("registration: a request that never arrived is found out too", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    bench.service.unreachable = true;
    (void)bench.run(bench.device->register_device(ticket));
    bench.service.unreachable = false;
    bench.advance(2min);
    CHECK(bench.state() == RegistrationState::unregistered);
    CHECK(bench.device->facts().registration.err_code == code::not_registered);
}

TEST_CASE("registration: a clock of 1970 costs 1 more signature and shows as behind",
          "[identity][component]") {
    IdentityBench bench(5000);
    bench.start_registered();
    CHECK(bench.service.count("/v1/device/register") == 2);
    CHECK(bench.service.count("/v1/device/token") == 1);  // the service's time is known by now
    const ClockFacts clock = bench.device->facts().clock;
    CHECK(clock.state == ClockHealth::behind);
    CHECK(clock.offset_s == (5000 - FakeService::epoch) / 1000);
    CHECK(bench.clock->judged() == bench.service.now());
    bench.restart();
    CHECK(bench.service.count("/v1/device/token") == 2);  // and from the disk after a restart
}

TEST_CASE("registration: a clock 10 years ahead is signed again too and shows as ahead",
          "[identity][component]") {
    IdentityBench bench(FakeService::epoch + 3650LL * 86'400'000);
    bench.start();
    CHECK(bench.device->facts().clock.state == ClockHealth::ahead);
    CHECK_FALSE(bench.device->facts().clock.offset_s);
    bench.service.tickets.insert(ticket);
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    CHECK(*answer);
    CHECK(bench.service.count("/v1/device/register") == 2);
    CHECK(bench.device->facts().clock.offset_s == 3650LL * 86'400);
}

TEST_CASE("registration: a used nonce is signed again with another one", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    bench.service.forced = {401, R"({"errCode": 4012, "errMsg": "used"})"};
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    CHECK_FALSE(*answer);
    CHECK(bench.service.count("/v1/device/register") == 2);
}

TEST_CASE("registration: one at a time; the second is told so and changes nothing", "[identity][component]") {
    IdentityBench bench;
    bench.service.tickets.insert(ticket);
    bench.start();
    bench.service.holds = true;
    const auto first = bench.begin(bench.device->register_device(ticket));
    CHECK_FALSE(*first);
    CHECK(bench.state() == RegistrationState::registering);
    const auto second = bench.run(bench.device->register_device(ticket));
    REQUIRE(second);
    REQUIRE_FALSE(*second);
    CHECK(second->error().err_code == code::too_many);
    bench.service.release();
    bench.settle();
    REQUIRE(*first);
    CHECK(**first);
}

TEST_CASE("registration: repeating it with the same key is harmless", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.tickets.insert(other_ticket);
    const auto again = bench.run(bench.device->register_device(other_ticket));
    REQUIRE(again);
    CHECK(*again);
    bench.settle();
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token() == bench.service.tokens.back());
}

TEST_CASE("registration: a bad ticket for a registered device leaves it registered",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const auto again = bench.run(bench.device->register_device(other_ticket));
    REQUIRE(again);
    CHECK_FALSE(*again);
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token());
    CHECK(recorded(bench) == "registered");
}

TEST_CASE(
    "registration: a damaged key is `lost`: no request in 1 hour, and no new key under the same SN by itself",
    "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.stop();
    bench.folder.write("identity.key", "damaged");
    bench.service.paths.clear();
    bench.make();
    bench.start();
    CHECK(bench.state() == RegistrationState::lost);
    CHECK(bench.device->facts().registration.err_msg.find("operator") != std::string::npos);
    bench.advance(1h);
    CHECK(bench.service.paths.empty());
    CHECK_FALSE(bench.folder.has("identity.key"));
    const auto renewed = bench.run(bench.device->renew_device_token(bench.timers.now() + 10s));
    REQUIRE(renewed);
    REQUIRE(renewed->error());
    CHECK(renewed->error()->is(Errc::wrong_state));
}

TEST_CASE("registration: a lost identity comes back when the operator has reset the key",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.stop();
    bench.folder.write("identity.key", "damaged");
    bench.make();
    bench.start();
    bench.service.tickets = {ticket};
    const auto early = bench.run(bench.device->register_device(ticket));
    REQUIRE(early);
    REQUIRE_FALSE(*early);
    CHECK(early->error().err_code == code::already_registered);
    CHECK(bench.state() == RegistrationState::lost);
    CHECK(recorded(bench) == "lost");
    bench.restart();
    CHECK(bench.state() == RegistrationState::lost);
    bench.service.keys.clear();  // the operator's reset-key
    const auto late = bench.run(bench.device->register_device(ticket));
    REQUIRE(late);
    CHECK(*late);
    bench.settle();
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token());
    bench.restart();
    CHECK(bench.state() == RegistrationState::registered);
}

TEST_CASE("registration: a folder that cannot be read is shown and refuses to register",
          "[identity][component]") {
    IdentityBench bench;
    REQUIRE(std::filesystem::create_directory(bench.folder / "identity.key"));
    bench.start();
    CHECK(bench.state() == RegistrationState::unreadable);
    CHECK(bench.device->facts().registration.err_msg.find("identity.key") != std::string::npos);
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    REQUIRE_FALSE(*answer);
    CHECK(answer->error().err_code == code::not_ready);
    CHECK(bench.service.paths.empty());
}

TEST_CASE("registration: without a place for the key nothing is asked of the service",
          "[identity][component]") {
    IdentityBench bench;
    bench.start();
    bench.stop();
    std::filesystem::remove_all(bench.folder.path());
    REQUIRE(write_file(bench.folder.path(), "", 0600));  // a file where the folder was
    bench.make();
    bench.start();
    const auto answer = bench.run(bench.device->register_device(ticket));
    REQUIRE(answer);
    REQUIRE_FALSE(*answer);
    const int err_code = answer->error().err_code;
    CHECK((err_code == rpc::internal_error || err_code == code::not_ready));
    CHECK(bench.service.paths.empty());
}

TEST_CASE("registration: stopping in the middle of a request leaves nothing behind",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.holds = true;
    bench.advance(3500s);  // a renewal hangs
    CHECK(bench.service.count("/v1/device/token") >= 2);
    bench.stop();
    CHECK(bench.timers.pending() == 0);
    CHECK(bench.crashes.empty());
}

TEST_CASE("registration: ticket, tokens, key and signatures are in no log line and the ticket in no file",
          "[identity][component]") {
    IdentityBench bench;
    bench.service.tickets.insert(ticket);
    bench.start();
    (void)bench.run(bench.device->register_device(other_ticket));
    (void)bench.run(bench.device->register_device(ticket));
    bench.settle();
    bench.service.forced = {401, R"({"errCode": 4014, "errMsg": "revoked"})"};
    bench.advance(2h);
    const std::string log = bench.all_logs();
    CHECK(log.find("registered") != std::string::npos);
    CHECK(log.find("deviceToken-") == std::string::npos);
    CHECK(log.find(ticket) == std::string::npos);
    CHECK(log.find(other_ticket) == std::string::npos);
    CHECK(log.find(bench.service.keys["SN-0001"]) == std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator(bench.folder.path())) {
        const auto content = read_file(entry.path(), 1 << 20);
        REQUIRE(content);
        CHECK(content->find(ticket) == std::string::npos);
        CHECK(content->find("deviceToken-") == std::string::npos);
    }
    for (const DeviceFacts& facts : bench.changes) {
        const std::string text = json::write(encode(facts));
        CHECK(text.find("deviceToken-") == std::string::npos);
        CHECK(text.find(ticket) == std::string::npos);
    }
}

}  // namespace
}  // namespace voip::test
