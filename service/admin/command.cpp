#include "service/admin/command.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "config/load.hpp"
#include "core/command_line.hpp"
#include "core/task_set.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "protocol/transport/unix_socket.hpp"
#include "service/admin/owner.hpp"
#include "service/admin/server.hpp"

namespace voip::service::admin {
namespace {

constexpr Duration connect_time = 2s;
constexpr Duration answer_time = 10s;

constexpr std::array options{
    CommandOption{"state-dir", "DIR", "state folder of the service", false},
    CommandOption{"config", "FILE", "configuration of the service, for its state folder", false},
    CommandOption{"help", "", "this text", false},
};
constexpr CommandSpec spec{"wmpf-voip-service admin",
                           "Orders of the operator, also while the service runs.",
                           options,
                           "ORDER...",
                           0,
                           16,
                           true};

/// What the running service said; nothing when none runs.
struct Asked {
    std::optional<Outcome> outcome;
};

int exit_code_of(const json::Value& result) {
    const json::Value* member = result.find("exitCode");
    const std::int64_t* number = member ? member->as_integer() : nullptr;
    return number && *number >= 0 && *number <= 2 ? static_cast<int>(*number) : 1;
}

asio::awaitable<void> converse(std::shared_ptr<transport::RpcPeer> peer) {
    (void)co_await peer->run();
}

asio::awaitable<void> ask(Timers& timers, TaskSet& tasks, std::filesystem::path socket, json::Value params,
                          Asked* asked) {
    const TimePoint connect_end = timers.now() + connect_time;
    auto stream = co_await transport::open_unix(timers, std::move(socket), connect_end);
    if (!stream) co_return;
    const auto peer = transport::RpcPeer::make(std::move(*stream), timers, {}, {}, {}, Log());
    tasks.spawn("peer", converse(peer));
    const TimePoint end = timers.now() + answer_time;
    const Reply reply = co_await peer->call("admin.run", std::move(params), end);
    if (const json::Value* result = reply.result())
        asked->outcome = Outcome{exit_code_of(*result), text_at(*result, "out"), text_at(*result, "err")};
    else if (const Fault* fault = reply.fault())
        asked->outcome = Outcome{1, {}, "the service refused: " + fault->err_msg + "\n"};
    else
        asked->outcome = Outcome{1, {}, "the service does not answer: " + reply.error()->text() + "\n"};
    co_await tasks.stop();
}

Asked ask_service(const std::filesystem::path& socket, const std::vector<std::string>& order) {
    std::error_code ec;
    if (!std::filesystem::exists(socket, ec)) return {};
    json::Array arguments;
    for (const std::string& word : order) arguments.push_back(word);
    asio::io_context io(1);
    SystemTimers timers(io.get_executor());
    TaskSet tasks(io.get_executor(), timers, {});
    Asked asked;
    auto params = json::Value().set("arguments", std::move(arguments));
    std::exception_ptr crash;
    asio::co_spawn(io, ask(timers, tasks, socket, std::move(params), &asked),
                   [&crash](const std::exception_ptr& error) { crash = error; });
    io.run();
    if (crash) std::rethrow_exception(crash);
    return asked;
}

Outcome work_on_database(const std::filesystem::path& state_dir, const std::vector<std::string>& order) {
    const auto owner = become_owner_of(state_dir);
    if (!owner) return {1, {}, owner.error().text() + "\n"};
    std::error_code ec;
    if (std::filesystem::create_directories(state_dir, ec))
        std::filesystem::permissions(state_dir, std::filesystem::perms::owner_all, ec);
    asio::io_context io(1);
    const SystemTimers timers(io.get_executor());
    auto registry = registry::Registry::open(state_dir / database_name, {}, timers.wall_now());
    if (!registry) return {1, {}, registry.error().text() + "\n"};
    return run({*registry, timers.wall_now(), {}}, order);
}

}  // namespace

Outcome execute(const std::filesystem::path& state_dir, const std::vector<std::string>& order) {
    Asked asked = ask_service(state_dir / socket_name, order);
    return asked.outcome ? std::move(*asked.outcome) : work_on_database(state_dir, order);
}

Outcome command(std::span<const char* const> arguments, std::string state_dir_from_environment) {
    const auto line = parse_command_line(spec, arguments);
    if (!line) return {2, {}, line.error().context + "\n" + voip::usage(spec)};
    if (line->has("help")) return {0, voip::usage(spec) + usage(), {}};
    if (line->operands().empty()) return {2, {}, voip::usage(spec) + usage()};
    std::filesystem::path state_dir = line->value("state-dir", state_dir_from_environment);
    if (state_dir.empty()) {
        config::ServiceConfig config;
        const std::filesystem::path standard = "/etc/wmpf-voip-service/config.json";
        std::error_code ec;
        if (line->has("config") || std::filesystem::exists(standard, ec)) {
            auto loaded = config::load_service_file(line->value("config", standard.string()));
            if (const auto* problems = std::get_if<config::Problems>(&loaded))
                return {1, {}, problems->front().text() + "\n"};
            config = std::get<config::ServiceConfig>(std::move(loaded));
        }
        state_dir = config.state_dir;
    }
    return execute(state_dir, line->operands());
}

}  // namespace voip::service::admin
