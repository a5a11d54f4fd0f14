#include "tests/component/control/world.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tests/support/catch.hpp"

namespace voip::control::test {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "voip-control-XXXXXX").native();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

RawClient::RawClient(const std::filesystem::path& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(socket.native().size() < sizeof(address.sun_path));
    std::memcpy(static_cast<char*>(address.sun_path), socket.c_str(), socket.native().size());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)), end_(other.end_) {}

RawClient::~RawClient() {
    close();
}

void RawClient::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void RawClient::send(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    REQUIRE(sent == static_cast<ssize_t>(bytes.size()));
}

void RawClient::request(int id, std::string_view method, std::string_view params) {
    std::string text =
        R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + std::string(method) + "\"";
    if (!params.empty()) text += ",\"params\":" + std::string(params);
    send(text + "}\n");
}

void RawClient::read_all() {
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t count = ::recv(fd_, block.data(), block.size(), 0);
        if (count > 0) {
            in_.append(block.data(), static_cast<std::size_t>(count));
            continue;
        }
        if (count == 0 || errno == ECONNRESET) end_ = true;
        if (count == 0 || errno != EINTR) return;
    }
}

std::vector<std::string> RawClient::lines() {
    read_all();
    std::vector<std::string> all;
    for (std::size_t end = in_.find('\n'); end != std::string::npos; end = in_.find('\n')) {
        all.push_back(in_.substr(0, end));
        in_.erase(0, end + 1);
    }
    return all;
}

json::Value RawClient::line() {
    const auto all = lines();
    REQUIRE(all.size() == 1);
    return parsed(all[0]);
}

bool RawClient::closed() {
    read_all();
    return end_;
}

World::World(std::size_t max_clients, std::size_t queue_bytes)
    : hub([this](Level, std::string_view line) { log_lines.emplace_back(line); }, Level::debug),
      calls(notes, timers),
      contacts(notes),
      history(notes),
      device(notes),
      board(notes),
      operation(notes),
      tasks(io.get_executor(), timers, [this](std::string_view name, std::string_view what) {
          crashes.push_back(std::string(name) + ": " + std::string(what));
      }) {
    ServerSettings settings;
    settings.access = {own_uid, control_gid, observe_gid};
    if (::geteuid() != 0)
        settings.access.own_uid = ::geteuid();  // who connects to the real socket is in control
    settings.max_clients = max_clients;
    settings.queue_bytes = queue_bytes;
    const Ports ports{calls, contacts, history, device, board, operation};
    server = std::make_unique<Server>(io.get_executor(), timers, ports, settings, Log(hub, "control"));
    REQUIRE(server->start(folder.path() / "api.sock"));
}

World::~World() {
    stop();
    CHECK(crashes.empty());
    CHECK(timers.pending() == 0);
    CHECK(calls.observers() == 0);
}

void World::settle() {
    io.restart();
    while (io.poll() > 0) io.restart();
}

void World::advance(Duration length) {
    settle();
    timers.advance(length, [this] { settle(); });
    settle();
}

RawClient World::connect() {
    RawClient client(folder.path() / "api.sock");
    settle();
    return client;
}

std::shared_ptr<PairClient> World::connect_as(uid_t uid, std::vector<gid_t> groups) {
    auto client = std::make_shared<PairClient>(timers);
    transport::PeerCredentials who;
    who.uid = uid;
    who.gid = 1;
    who.groups = std::move(groups);
    tasks.spawn("serve", server->serve(client->pair.take(voip::test::StreamPair::a), std::move(who)));
    auto read = [](std::shared_ptr<PairClient> reader) -> asio::awaitable<void> {
        for (;;) {
            auto line = co_await reader->stream->receive();
            if (!line) {
                reader->end = line.error();
                co_return;
            }
            reader->lines.push_back(std::move(*line));
        }
    };
    tasks.spawn("read", read(client));
    settle();
    return client;
}

void World::send(const std::shared_ptr<PairClient>& client, std::string line) {
    auto write = [](std::shared_ptr<PairClient> writer, std::string text) -> asio::awaitable<void> {
        std::vector<std::string> messages;
        messages.push_back(std::move(text));
        (void)co_await writer->stream->send(std::move(messages));
    };
    tasks.spawn("send", write(client, std::move(line)));
    settle();
}

void World::stop() {
    if (std::exchange(stopped_, true)) return;
    bool done = false;
    auto all = [](World* world, bool* ended) -> asio::awaitable<void> {
        co_await world->server->stop();
        co_await world->tasks.stop();
        *ended = true;
    };
    asio::co_spawn(io, all(this, &done), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
    settle();
    for (int i = 0; !done && i < 100; ++i) advance(100ms);
    CHECK(done);
}

json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    INFO(text);
    REQUIRE(value);
    return std::move(*value);
}

std::string outcome(const json::Value& response) {
    if (const json::Value* result = response.find("result")) return "result " + json::write(*result);
    const json::Value* error = response.find("error");
    REQUIRE(error != nullptr);
    std::string text = "error " + json::write(*error->find("code"));
    const json::Value* data = error->find("data");
    if (data != nullptr && data->find("field") != nullptr) text += " " + *data->find("field")->as_string();
    return text;
}

}  // namespace voip::control::test
