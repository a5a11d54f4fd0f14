#include "tests/component/service/world.hpp"

#include <unistd.h>

#include <atomic>

#include "protocol/transport/https_client.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/url.hpp"

namespace voip::service::test {
namespace {

constexpr Duration patience = 20s;

asio::awaitable<bool> done_when(asio::awaitable<void> work) {
    co_await std::move(work);
    co_return true;
}

std::filesystem::path fresh_folder() {
    static std::atomic<int> count{0};
    std::error_code ec;
    // In memory where possible: what the disk's fsync costs is not the matter here.
    const bool memory = std::filesystem::is_directory("/dev/shm", ec);
    return (memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
           ("voip-service-" + std::to_string(getpid()) + "-" + std::to_string(++count));
}

}  // namespace

std::string text_of(const json::Value& value, std::string_view member) {
    const json::Value* found = value.find(member);
    const std::string* text = found ? found->as_string() : nullptr;
    return text ? *text : std::string();
}

std::int64_t number_of(const json::Value& value, std::string_view member) {
    const json::Value* found = value.find(member);
    const std::int64_t* number = found ? found->as_integer() : nullptr;
    return number ? *number : -12345;
}

json::Value body_of(const transport::HttpResponse& response) {
    auto body = json::parse(response.body);
    INFO(response.body);
    REQUIRE(body);
    return std::move(*body);
}

json::Value device_calls(const Device& device, const Person& person, std::string call_id) {
    json::Value request;
    request.set("roomType", "video")
        .set("caller", json::Value().set("id", device.sn))
        .set("listener", json::Value().set("id", person.open_id))
        .set("businessType", 1)
        .set("voipToken", device.token);
    if (!call_id.empty()) request.set("callId", std::move(call_id));
    return request;
}

json::Value person_calls(const Person& person, const Device& device, const std::string& push_token) {
    return json::Value()
        .set("roomType", "voice")
        .set("caller", json::Value().set("id", person.open_id))
        .set("listener", json::Value().set("id", device.sn))
        .set("businessType", 2)
        .set("voipToken", push_token);
}

json::Value in_room(const std::string& room_id) {
    return json::Value().set("roomId", room_id);
}

std::string Told::text(std::string_view member) const {
    return text_of(params, member);
}

// ---- Channel

Channel::Channel(World& world, std::unique_ptr<transport::MessageStream> stream)
    : world_(world),
      tasks_(world.io().get_executor(), world.timers(),
             [](std::string_view, std::string_view what) { FAIL("task failed: " << what); }) {
    // Answers at once, so no coroutine of it outlives the call.
    auto on_request = [this](std::string method, json::Value params) -> asio::awaitable<Answer<json::Value>> {
        inbox_.push_back({std::move(method), std::move(params)});
        if (refuse_incoming) co_return *refuse_incoming;
        co_return json::Value(json::Object{});
    };
    auto on_notification = [this](const std::string& method, const json::Value& params) {
        inbox_.push_back({method, params});
    };
    peer_ = transport::RpcPeer::make(std::move(stream), world.timers(), {}, std::move(on_request),
                                     std::move(on_notification), Log());
    tasks_.spawn("channel", run());
}

Channel::~Channel() {
    peer_->abort();
    (void)world_.wait(done_when(tasks_.stop()));
}

asio::awaitable<void> Channel::run() {
    const auto peer = peer_;
    Error why = co_await peer->run();
    ended_ = std::move(why);
}

asio::awaitable<void> Channel::make_call(std::string method, json::Value params) {
    const auto peer = peer_;
    const TimePoint deadline = world_.timers().now() + patience;
    auto reply = co_await peer->call(std::move(method), std::move(params), deadline);
    finished_ = std::move(reply);
}

void Channel::start_call(std::string method, json::Value params) {
    finished_.reset();
    tasks_.spawn("call", make_call(std::move(method), std::move(params)));
}

Reply Channel::call(std::string method, json::Value params) {
    start_call(std::move(method), std::move(params));
    world_.drive([&] { return finished_.has_value(); });
    return std::move(*finished_);
}

json::Value Channel::ask(std::string method, json::Value params) {
    INFO(method);
    const Reply reply = call(std::move(method), std::move(params));
    if (const Fault* fault = reply.fault()) FAIL("fault " << fault->err_code << " " << fault->err_msg);
    if (const Error* error = reply.error()) FAIL(error->text());
    return *reply.result();
}

int Channel::fault(std::string method, json::Value params) {
    INFO(method);
    const Reply reply = call(std::move(method), std::move(params));
    REQUIRE(reply.fault());
    return reply.fault()->err_code;
}

void Channel::notify(std::string method, json::Value params) {
    REQUIRE(peer_->notify(method, std::move(params)));
}

Told Channel::next() {
    world_.drive([&] { return !inbox_.empty() || ended_; });
    if (inbox_.empty()) FAIL("the channel ended: " << ended_->text());
    Told told = std::move(inbox_.front());
    inbox_.pop_front();
    return told;
}

std::vector<std::string> Channel::names(std::size_t count) {
    std::vector<std::string> names;
    while (names.size() < count) names.push_back(next().name());
    return names;
}

Told Channel::until(std::string_view name) {
    for (;;) {
        Told told = next();
        if (told.name() == name) return told;
    }
}

std::string Channel::close_reason() {
    world_.drive([&] { return ended_.has_value(); });
    return ended_->context;
}

void Channel::close() {
    peer_->close(1000, "done");
    world_.drive([&] { return ended_.has_value(); });
}

// ---- World

World::World(const std::function<void(ServiceSettings&)>& change)
    : folder_(fresh_folder()),
      hub_([this](Level, std::string_view line) { log_.emplace_back(line); }, Level::debug) {
    settings_.config.listen = {"127.0.0.1", 0};
    settings_.config.state_dir = folder_.string();
    if (change) change(settings_);
    start();
    REQUIRE(service_->registry().put_product({app, model, "Intercom", {}, {}, 0}, secret, wall()));
}

World::~World() {
    stop();
    std::filesystem::remove_all(folder_);
}

void World::start() {
    service_ = std::make_unique<Service>(io_.get_executor(), timers_, settings_, hub_);
    const auto started = service_->start();
    INFO((started ? std::string() : started.error().text()));
    REQUIRE(started);
    auto trust = transport::TlsClientContext::make({service_->ca_file().string(), {}});
    REQUIRE(trust);
    trust_.emplace(std::move(*trust));
}

void World::stop() {
    if (!service_) return;
    (void)wait(done_when(service_->stop()));
    service_.reset();
}

void World::drive(const std::function<bool()>& condition) {
    const auto end = timers_.now() + patience;
    while (!condition()) {
        io_.restart();
        if (io_.run_one_until(end) == 0) FAIL("nothing happened in 20 s");
    }
}

transport::HttpResponse World::request(transport::HttpRequest request) {
    auto url = transport::parse_url(service_->url() + request.target);
    REQUIRE(url);
    url->host = host_;
    const auto answer =
        wait(transport::https_request(timers_, *trust_, *url, std::move(request), timers_.now() + patience));
    INFO((answer ? std::string() : answer.error().text()));
    REQUIRE(answer);
    return *answer;
}

transport::HttpResponse World::post(std::string target, const json::Value& body, Headers headers) {
    transport::HttpRequest made;
    made.method = "POST";
    made.target = std::move(target);
    made.headers = std::move(headers);
    made.headers.push_back({"Content-Type", "application/json"});
    made.body = json::write(body);
    return request(std::move(made));
}

transport::HttpResponse World::get(std::string target, Headers headers) {
    transport::HttpRequest made;
    made.target = std::move(target);
    made.headers = std::move(headers);
    return request(std::move(made));
}

std::string World::ticket(const std::string& sn) {
    const auto issued = service_->registry().make_sn_ticket(app, sn, model, wall());
    REQUIRE(issued);
    return issued->token;
}

json::Value World::claim(const Device& device, const std::string& sn_ticket) const {
    const auto timestamp = wall() / 1000;
    const std::string nonce = crypto::random_text(24);
    std::string text = sn_ticket.empty() ? "wmpf-voip-token-v1" : "wmpf-voip-register-v1";
    text += "\n127.0.0.1\n" + std::string(app) + "\n" + device.sn + "\n" + model + "\n" +
            std::to_string(timestamp) + "\n" + nonce;
    if (!sn_ticket.empty()) text += "\n" + device.key.public_key() + "\n" + sn_ticket;
    json::Value body;
    body.set("appId", app)
        .set("modelId", model)
        .set("sn", device.sn)
        .set("timestamp", timestamp)
        .set("nonce", nonce);
    if (!sn_ticket.empty()) body.set("publicKey", device.key.public_key()).set("snTicket", sn_ticket);
    return body.set("signature", device.key.sign(text));
}

Device World::device(const std::string& sn) {
    Device device{sn, crypto::KeyPair::generate(), {}};
    const auto registered = post("/v1/device/register", claim(device, ticket(sn)));
    INFO(registered.body);
    REQUIRE(registered.status == 200);
    renew(device);
    return device;
}

void World::renew(Device& device) {
    const auto answer = post("/v1/device/token", claim(device));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    device.token = text_of(body_of(answer), "deviceToken");
}

Person World::person(const std::string& name) {
    const auto user = service_->registry().add_user(app, name, wall());
    REQUIRE(user);
    const auto login = service_->registry().issue_user_token(user->open_id, wall());
    REQUIRE(login);
    return {user->open_id, name, login->token.token};
}

void World::grant(const Person& person, const Device& device, const std::string& device_name) {
    REQUIRE(service_->registry().add_grant({person.open_id, device.sn, device_name, 0}, wall()));
    service_->changed();
}

std::unique_ptr<Channel> World::open(const std::string& token) {
    return open_with(bearer(token));
}

std::unique_ptr<Channel> World::open_with(Headers headers) {
    const auto url = transport::parse_url(service_->url() + "/v1/channel");
    transport::WebSocketSettings wanted;
    wanted.subprotocol = "wmpf-voip.v1";
    wanted.headers = std::move(headers);
    auto opened = wait(transport::open_websocket(timers_, *trust_, *url, wanted, timers_.now() + patience));
    INFO((opened ? std::string() : opened.error().text()));
    REQUIRE(opened);
    return std::make_unique<Channel>(*this, std::move(opened->stream));
}

transport::HttpResponse World::refused_channel(Headers headers, std::string target, std::string subprotocol) {
    const auto url = transport::parse_url(service_->url() + target);
    transport::WebSocketSettings wanted;
    wanted.subprotocol = std::move(subprotocol);
    wanted.headers = std::move(headers);
    transport::HttpResponse refusal;
    const auto opened =
        wait(transport::open_websocket(timers_, *trust_, *url, wanted, timers_.now() + patience, &refusal));
    REQUIRE_FALSE(opened);
    INFO(opened.error().text());
    REQUIRE(opened.error().is(Errc::refused));
    return refusal;
}

}  // namespace voip::service::test
