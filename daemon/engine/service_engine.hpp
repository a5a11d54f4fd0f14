#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "daemon/engine/channel.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/profile.hpp"
#include "daemon/identity/identity.hpp"

namespace voip::engine {

/// What the engine works with; references must outlive it.
struct ServiceEngineParts {
    asio::any_io_executor executor;
    Timers& timers;
    identity::Identity& identity;
    ChannelOpener open;  ///< websocket_opener(), or a test's
    DeviceProfile profile;
    ChannelSettings channel;
    TaskSet::OnCrash on_crash;
    std::uint64_t seed = 0;  ///< for jitter
    Log log;
};

/// The road over our service: one channel (WebSocket) that carries calls both ways.
/// @thread loop only. co_await stop() before destroying it.
class ServiceEngine final : public Engine {
 public:
    explicit ServiceEngine(ServiceEngineParts parts);
    ~ServiceEngine() override;

    /// Begins to come on line and stay there. Identity::start() may come before or after. The listener must
    /// outlive stop().
    void start(Listener& listener);
    /// Says goodbye and ends; the listener hears nothing more.
    asio::awaitable<void> stop();

    asio::awaitable<Outcome<InitResult>> dial(InitByCaller request, TimePoint deadline) override;
    asio::awaitable<Outcome<RoomJoined>> join(RoomJoin join, TimePoint deadline) override;
    asio::awaitable<Outcome<RoomResumed>> resume(RoomResume resume, TimePoint deadline) override;
    asio::awaitable<Outcome<std::monostate>> hang_up(RoomHangUp hang_up, TimePoint deadline) override;
    asio::awaitable<Outcome<std::vector<IceServer>>> ice_servers(std::string room_id,
                                                                 TimePoint deadline) override;
    asio::awaitable<Outcome<std::monostate>> renew_device_token(TimePoint deadline) override;
    bool signal(const RoomSignal& signal) override;
    [[nodiscard]] bool online() const noexcept override;
    /// Channel::queued_bytes()
    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    /// Channel::due()
    [[nodiscard]] std::optional<TimePoint> due() const noexcept;
    void hurry() override;
    /// Channel::on_network()
    void on_network(bool moved);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::engine
