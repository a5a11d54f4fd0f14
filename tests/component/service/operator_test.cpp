#include <sys/stat.h>

#include <future>

#include "service/admin/command.hpp"
#include "service/admin/server.hpp"
#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

using Order = std::vector<std::string>;

/// As the program does it: from another thread, because the service lives in this one.
admin::Outcome order(World& world, const Order& words) {
    auto outcome = std::async(std::launch::async,
                              [folder = world.folder(), words] { return admin::execute(folder, words); });
    world.drive([&] {
        asio::post(world.io(), [] {});
        return outcome.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready;
    });
    return outcome.get();
}

std::string word_after(const std::string& text, const std::string& word) {
    const std::size_t at = text.find(word + " ");
    REQUIRE(at != std::string::npos);
    const std::size_t start = at + word.size() + 1;
    return text.substr(start, text.find_first_of(" \n,", start) - start);
}

}  // namespace

TEST_CASE("operator: orders reach the running service by a socket of mode 0600", "[service][component]") {
    World world;
    struct stat facts {};
    REQUIRE(::stat((world.folder() / "admin.sock").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777u) == 0600u);
    const auto added = order(world, {"user", "add", "Anna"});
    CHECK(added.exit_code == 0);
    const std::string open_id = word_after(added.out, "openId");
    CHECK(world.service().registry().find_user(open_id)->has_value());
    const auto code = order(world, {"user", "enrol", "Anna"});
    const auto login = world.post("/v1/user/login", json::Value().set("code", word_after(code.out, "code")));
    CHECK(login.status == 200);
    CHECK(text_of(body_of(login), "openId") == open_id);
    CHECK(order(world, {"user", "list"}).out.find("Anna") != std::string::npos);
}

TEST_CASE("operator: revoking a device closes its channel at once, reset-key lets it register anew",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const auto channel = world.open(device.token);
    CHECK(order(world, {"device", "list"}).out.find("yes") != std::string::npos);
    CHECK(order(world, {"device", "revoke", "SN-1"}).exit_code == 0);
    CHECK(channel->close_reason().find("4401") != std::string::npos);
    CHECK(code_of(world.post("/v1/device/token", world.claim(device))) == 4014);
    CHECK(order(world, {"device", "list"}).out.find("revoked") != std::string::npos);
    CHECK(order(world, {"device", "reset-key", "SN-1"}).exit_code == 0);
    const std::string ticket = word_after(order(world, {"ticket", "SN-1"}).out, "snTicket");
    const Device repaired{"SN-1", crypto::KeyPair::generate(), {}};
    CHECK(world.post("/v1/device/register", world.claim(repaired, ticket)).status == 200);
}

TEST_CASE("operator: revoking a user closes all of 2 channels; revoking consent tells the device",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    const auto door = world.open(device.token);
    const auto first = world.open(anna.token), second = world.open(anna.token);
    CHECK(order(world, {"grant", "Anna", "SN-1", "Gate"}).exit_code == 0);
    CHECK(door->next().method == "contacts.changed");
    CHECK(order(world, {"revoke", "Anna", "SN-1"}).exit_code == 0);
    CHECK(door->next().method == "contacts.changed");
    CHECK(order(world, {"revoke", "Anna", "SN-1"}).exit_code == 1);
    CHECK(number_of(door->ask("voip.initByCaller", device_calls(device, anna)), "errCode") == 9);
    CHECK(order(world, {"user", "revoke", "Anna"}).exit_code == 0);
    CHECK(first->close_reason().find("4401") != std::string::npos);
    CHECK(second->close_reason().find("4401") != std::string::npos);

    const Person berta = world.person("Berta");
    world.grant(berta, device);
    CHECK(door->next().method == "contacts.changed");
    CHECK(order(world, {"user", "revoke", "Berta"}).exit_code == 0);
    CHECK(door->next().method == "contacts.changed");
    CHECK(door->ask("device.profile").find("users")->as_array()->empty());
}

TEST_CASE("operator: the same orders work on the database while no service runs", "[service][component]") {
    World world;
    world.stop();
    CHECK(admin::execute(world.folder(), {"user", "add", "Anna"}).exit_code == 0);
    CHECK(admin::execute(world.folder(), {"user", "add", "Anna"}).exit_code == 1);
    const auto made = admin::execute(world.folder(), {"product", "add", "wxother", "M2", "--name", "Bell"});
    CHECK(made.exit_code == 0);
    CHECK(word_after(made.out, "appSecret").size() == 32);
    CHECK(admin::execute(world.folder(), {"product", "list"}).out.find("Bell") != std::string::npos);
    // Two appIds now: the order must say which.
    const auto unclear = admin::execute(world.folder(), {"user", "add", "Berta"});
    CHECK(unclear.exit_code == 1);
    CHECK(unclear.err.find("--app") != std::string::npos);
    CHECK(admin::execute(world.folder(), {"user", "add", "Berta", "--app", "wxother"}).exit_code == 0);
    world.start();
    CHECK(world.service().registry().users()->size() == 2);
}

TEST_CASE("operator: what another process wrote is seen within seconds", "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const auto channel = world.open(device.token);
    {
        auto beside = registry::Registry::open(world.folder() / admin::database_name, {}, world.wall());
        REQUIRE(beside);
        REQUIRE(*beside->revoke_device("SN-1", world.wall()));
    }
    CHECK(channel->close_reason().find("4401") != std::string::npos);
}

TEST_CASE("operator: 6 wrong orders are usage faults (2), 4 impossible ones are refused (1)",
          "[service][component]") {
    World world;
    world.stop();
    const std::vector<Order> wrong{{},
                                   {"dance"},
                                   {"user"},
                                   {"user", "add"},
                                   {"product", "add", "a", "b", "--charge", "free"},
                                   {"device", "revoke", "a", "b"}};
    for (const Order& words : wrong) CHECK(admin::execute(world.folder(), words).exit_code == 2);
    const std::vector<Order> impossible{{"device", "revoke", "SN-9"},
                                        {"user", "revoke", "Nobody"},
                                        {"grant", "Nobody", "SN-9"},
                                        {"ticket", "S N"}};
    for (const Order& words : impossible) {
        const auto refused = admin::execute(world.folder(), words);
        CHECK(refused.exit_code == 1);
        CHECK_FALSE(refused.err.empty());
        CHECK(refused.out.empty());
    }
}

TEST_CASE("operator: help and usage of the command name all 12 orders", "[service][component]") {
    const std::vector<const char*> help{"--help"};
    const auto shown = admin::command(help, "");
    CHECK(shown.exit_code == 0);
    for (const char* words :
         {"product add", "product list", "device list", "device reset-key", "device revoke", "user add",
          "user enrol", "user revoke", "user list", "grant", "revoke", "ticket"})
        CHECK(shown.out.find(words) != std::string::npos);
    CHECK(admin::command({}, "").exit_code == 2);
    const std::vector<const char*> wrong{"--nonsense"};
    CHECK(admin::command(wrong, "").exit_code == 2);
}
