#include <fstream>

#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

transport::HttpRequest made(std::string method, std::string target, std::string body = {},
                            std::string type = {}) {
    transport::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    if (!type.empty()) request.headers.push_back({"Content-Type", std::move(type)});
    return request;
}

}  // namespace

TEST_CASE("http: health answers anyone with status, version and time", "[service][component]") {
    World world;
    const auto answer = world.get("/v1/health");
    CHECK(answer.status == 200);
    CHECK(text_of(body_of(answer), "status") == "ok");
    CHECK_FALSE(text_of(body_of(answer), "version").empty());
    CHECK(std::abs(number_of(body_of(answer), "time") - world.wall()) < 20000);
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(answer.header("Cache-Control") == "no-store");
    CHECK(answer.header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("http: another method is 405 with Allow, an unknown path 404", "[service][component]") {
    World world;
    const auto refused = world.get("/v1/device/token");
    CHECK(refused.status == 405);
    CHECK(refused.header("Allow") == "POST");
    CHECK(code_of(refused) == 4050);
    CHECK(world.request(made("DELETE", "/v1/health")).header("Allow") == "GET, HEAD");
    CHECK(world.request(made("POST", "/")).status == 405);
    for (const char* path : {"/v1/nothing", "/v1", "/v1/device/token/", "/wxa/nothing", "/nothing.html",
                             "/../etc/passwd", "/v1/../index.html"}) {
        INFO(path);
        const auto missing = world.get(path);
        CHECK(missing.status == 404);
        CHECK(code_of(missing) == 4040);
    }
}

TEST_CASE("http: another content type is 415; no JSON, no object and too deep are 400",
          "[service][component]") {
    World world;
    const std::string path = "/v1/device/token";
    CHECK(world.request(made("POST", path, "{}", "text/plain")).status == 415);
    CHECK(world.request(made("POST", path, "{}")).status == 415);
    CHECK(world.request(made("POST", path, "a=1", "application/x-www-form-urlencoded")).status == 415);
    CHECK(world.request(made("POST", path, "{", "application/json")).status == 400);
    CHECK(world.request(made("POST", path, "[]", "application/json")).status == 400);
    CHECK(world.request(made("POST", path, "", "application/json")).status == 400);
    CHECK(world.request(made("POST", path, std::string(40, '['), "application/json")).status == 400);
    CHECK(world.request(made("POST", path, "{\"appId\":\"\xff\"}", "application/json")).status == 400);
}

TEST_CASE("http: a body of 64 KiB is still read", "[service][component]") {
    World world;
    std::string body = R"({"code":"x","more":")";
    body += std::string(64 * 1024 - body.size() - 2, 'x') + "\"}";
    REQUIRE(body.size() == 64 * 1024);
    const auto answer = world.request(made("POST", "/v1/user/login", body, "application/json"));
    CHECK(code_of(answer) == 4010);
}

TEST_CASE("http: GET / serves the page's folder", "[service][component]") {
    World world([](ServiceSettings& settings) {
        settings.config.www = settings.config.state_dir + "-www";
        std::filesystem::create_directories(settings.config.www);
        std::ofstream(settings.config.www + "/index.html") << "<p>phone</p>";
        std::ofstream(settings.config.www + "/app.js") << "ring()";
    });
    CHECK(world.get("/").body == "<p>phone</p>");
    CHECK(world.get("/app.js").header("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(world.get("/app.js?v=1").status == 200);
    CHECK(world.get("/").header("Content-Security-Policy").find("default-src 'self'") !=
          std::string_view::npos);
    std::filesystem::remove_all(world.settings().config.www);
}

TEST_CASE("service: it listens on ::1 with a certificate for it", "[service][component]") {
    World world([](ServiceSettings& settings) { settings.config.listen = {"::1", 0}; });
    CHECK(world.service().url() == "https://[::1]:" + std::to_string(world.service().port()));
    world.dial("::1");
    CHECK(world.get("/v1/health").status == 200);
}

TEST_CASE("service: 2 instances in one process do not touch each other", "[service][component]") {
    World first, second;
    CHECK(first.service().port() != second.service().port());
    const Device device = first.device("SN-1");
    CHECK(second.refused_channel(bearer(device.token)).status == 401);
    CHECK(code_of(second.post("/v1/device/token", second.claim(device))) == 9800004);
}

TEST_CASE("service: a 2nd one on the same state folder or port does not start", "[service][component]") {
    World world;
    LogHub silent([](Level, std::string_view) {});
    ServiceSettings same = world.settings();
    Service on_folder(world.io().get_executor(), world.timers(), same, silent);
    const auto refused = on_folder.start();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().context.find("admin.sock") != std::string::npos);
    struct Stop {
        static asio::awaitable<bool> run(Service* service) {
            co_await service->stop();
            co_return true;
        }
    };
    CHECK(world.wait(Stop::run(&on_folder)));
    CHECK(std::filesystem::exists(world.folder() / "admin.sock"));  // the first one's is untouched
    CHECK(world.get("/v1/health").status == 200);

    same.config.state_dir = (world.folder() / "second").string();
    same.config.listen.port = world.service().port();
    Service on_port(world.io().get_executor(), world.timers(), same, silent);
    const auto taken = on_port.start();
    REQUIRE_FALSE(taken);
    CHECK(taken.error().is(Errc::io));
    CHECK(world.wait(Stop::run(&on_port)));
}
