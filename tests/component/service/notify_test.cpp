#include "protocol/transport/https_server.hpp"
#include "service/authority.hpp"
#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

/// A vendor's own HTTPS server.
struct Vendor {
    explicit Vendor(World& w) : world(w), folder(w.folder() / "vendor") {
        std::filesystem::create_directories(folder);
        const auto identity = open_server_identity({folder, {"127.0.0.1"}, {}, {}}, world.wall(), Log());
        REQUIRE(identity);
        auto tls = transport::TlsServerContext::make(identity->chain_pem, identity->key_pem);
        REQUIRE(tls);
        transport::HttpsServerSettings settings;
        settings.listen = {"127.0.0.1", 0};
        transport::HttpsServer::Application application;
        application.answer = [this](transport::HttpRequest request) { return answer(std::move(request)); };
        server.emplace(world.io().get_executor(), world.timers(), *tls, settings, std::move(application),
                       Log());
        REQUIRE(server->start());
    }
    ~Vendor() { (void)world.wait(stop()); }
    asio::awaitable<transport::HttpResponse> answer(transport::HttpRequest request) {
        requests.push_back(std::move(request));
        transport::HttpResponse response;
        co_return response;
    }
    asio::awaitable<bool> stop() {
        co_await server->stop();
        co_return true;
    }

    World& world;
    std::filesystem::path folder;
    std::vector<transport::HttpRequest> requests;
    std::optional<transport::HttpsServer> server;
};

}  // namespace

TEST_CASE("notify.url: a called user without a channel is announced once, signed", "[service][component]") {
    World world;
    Vendor vendor(world);
    world.stop();
    auto& notify = world.settings().config.notify;
    notify.url = "https://127.0.0.1:" + std::to_string(vendor.server->port()) + "/wake?x=1";
    notify.secret = "a secret of the vendor";
    notify.ca = (vendor.folder / "ca.pem").string();
    world.start();

    const Device door = world.device("SN-1");
    const Person anna = world.person("Anna");
    world.grant(anna, door);
    const auto device = world.open(door.token);
    const std::string room = text_of(device->ask("voip.initByCaller", device_calls(door, anna)), "roomId");
    world.drive([&] { return !vendor.requests.empty(); });
    const auto& request = vendor.requests.front();
    CHECK(request.method == "POST");
    CHECK(request.target == "/wake?x=1");
    CHECK(request.header("X-Wmpf-Voip-Signature") ==
          "sha256=" + crypto::hex(crypto::hmac_sha256(notify.secret, request.body)));
    const auto body = json::parse(request.body);
    REQUIRE(body);
    CHECK(text_of(*body, "roomId") == room);
    CHECK(text_of(*body, "memberId") == anna.open_id);
    const auto phone = world.open(anna.token);  // woken up
    CHECK(phone->next().text("roomId") == room);
    world.stop();
    CHECK(vendor.requests.size() == 1);
}
