#include "daemon/control/server.hpp"

#include <boost/asio/this_coro.hpp>

#include "daemon/control/closing.hpp"

namespace voip::control {
namespace {

constexpr unsigned socket_mode = 0666;
constexpr Duration farewell_time = 1500ms;  // the peers' own second, and a little for the loop
constexpr std::size_t refusals_at_once = 64;
constexpr Duration refusal_line_pause = 1s;

}  // namespace

Server::Server(asio::any_io_executor executor, Timers& timers, Ports ports, ServerSettings settings, Log log)
    : timers_(timers),
      ports_(ports),
      settings_(settings),
      log_(std::move(log)),
      hub_(ports.calls),
      empty_(timers),
      listener_(
          std::move(executor), timers,
          [this](std::unique_ptr<transport::MessageStream> stream, transport::PeerCredentials who) {
              return serve(std::move(stream), std::move(who));
          },
          log_) {}

Server::~Server() = default;

Result<void> Server::start(const std::filesystem::path& path) {
    return listener_.start(path, socket_mode);
}

Result<void> Server::adopt(int fd) {
    return listener_.adopt(fd);
}

std::string_view Server::refusal(Role role) const noexcept {
    if (stopping_) return closing::stopping;
    if (role == Role::none) return closing::not_allowed;
    if (clients_.size() >= settings_.max_clients) return closing::too_many;
    return {};
}

void Server::log_refusal(std::string_view reason, const transport::PeerCredentials& who) {
    const TimePoint now = timers_.now();
    if (now < next_refusal_line_) {
        ++refusals_unsaid_;
        return;
    }
    log_.info("client refused", kv("reason", reason), kv("uid", who.uid), kv("pid", who.pid),
              kv("unsaid_before", refusals_unsaid_));
    refusals_unsaid_ = 0;
    next_refusal_line_ = now + refusal_line_pause;
}

asio::awaitable<void> Server::serve(std::unique_ptr<transport::MessageStream> stream,
                                    transport::PeerCredentials who) {
    co_await asio::this_coro::throw_if_cancelled(false);  // or the lists below would keep who has gone
    const Role role = role_of({who.uid, who.gid, std::move(who.groups)}, settings_.access);
    if (const std::string_view reason = refusal(role); !reason.empty()) {
        ++stats_.refused;
        log_refusal(reason, who);
        if (refusing_ >= refusals_at_once) co_return;  // a flood: the stream's end has to say it
        ++refusing_;
        std::string text(reason);
        co_await refuse(std::move(stream), timers_, std::move(text));
        --refusing_;
        co_return;
    }
    ++stats_.accepted;
    const Log log = log_.of(std::to_string(++last_number_));
    log.debug("client", kv("role", to_string(role)), kv("uid", who.uid), kv("pid", who.pid));
    const Client::Settings settings{role, settings_.queue_bytes, "uid:" + std::to_string(who.uid)};
    clients_.emplace_back(ports_, hub_, stats_, timers_, settings, std::move(stream), log);
    const auto mine = std::prev(clients_.end());
    co_await mine->run();
    clients_.erase(mine);
    if (clients_.empty()) empty_.notify();
}

std::size_t Server::queued_bytes() const noexcept {
    std::size_t most = 0;
    for (const Client& client : clients_) most = std::max(most, client.queued_bytes());
    return most;
}

asio::awaitable<void> Server::stop() {
    stopping_ = true;
    for (Client& client : clients_) client.close(closing::stopping);
    const TimePoint deadline = timers_.now() + farewell_time;
    while (!clients_.empty()) {
        const WakeReason reason = co_await empty_.wait(deadline);
        if (reason != WakeReason::notified) break;
    }
    for (Client& client : clients_) client.abort();
    co_await listener_.stop();
}

}  // namespace voip::control
