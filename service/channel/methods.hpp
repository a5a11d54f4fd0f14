#pragma once
#include <functional>
#include <memory>

#include "config/service_config.hpp"
#include "core/timers.hpp"
#include "service/channel/dialling.hpp"

/// The methods that members call (protocol/README.md, "Channel methods"), one table. No sockets: what goes
/// out on channels goes through ChannelPort.
namespace voip::service {

/// What the methods need of the channels.
class ChannelPort {
 public:
    ChannelPort() = default;
    ChannelPort(const ChannelPort&) = delete;
    ChannelPort& operator=(const ChannelPort&) = delete;
    virtual ~ChannelPort() = default;
    /// One written message to one channel; a slow or gone channel loses it.
    virtual void send(rooms::ChannelId channel, std::shared_ptr<const std::string> message) = 0;
    /// Gives the channel the life of a fresh token.
    virtual void renew(rooms::ChannelId channel, const Session& session) = 0;
};

class Methods {
 public:
    /// All must outlive it.
    struct Parts {
        Timers& timers;
        registry::Registry& registry;
        rooms::Rooms& rooms;
        ChannelPort& channels;
        const config::ServiceConfig& config;
    };
    explicit Methods(Parts parts);

    /// One request. -32601 for an unknown method, 4030 for one of the other kind of member, 1011 for one that
    /// needs a channel.
    [[nodiscard]] Answer<json::Value> answer(const Caller& caller, std::string_view method,
                                             const json::Value& params);
    /// Notifications: only room.signal is one; others are ignored.
    void hear(const Caller& caller, std::string_view method, const json::Value& params);

    [[nodiscard]] Dialling& dialling() noexcept { return dialling_; }
    [[nodiscard]] rooms::Moment now() const { return {parts_.timers.now(), parts_.timers.wall_now()}; }

 private:
    struct Entry;
    static const Entry* find(std::string_view method) noexcept;

    Answer<json::Value> init_by_caller(const Caller&, const json::Value&);
    Answer<json::Value> call_device(const Caller&, const json::Value&);
    Answer<json::Value> join(const Caller&, const json::Value&);
    Answer<json::Value> ice(const Caller&, const json::Value&);
    Answer<json::Value> resume(const Caller&, const json::Value&);
    Answer<json::Value> hang_up(const Caller&, const json::Value&);
    Answer<json::Value> signal(const Caller&, const json::Value&);
    Answer<json::Value> device_push_token(const Caller&, const json::Value&);
    Answer<json::Value> device_profile(const Caller&, const json::Value&);
    Answer<json::Value> user_push_token(const Caller&, const json::Value&);
    Answer<json::Value> ping(const Caller&, const json::Value&);
    Answer<json::Value> renew(const Caller&, const json::Value&);

    Parts parts_;
    Dialling dialling_;
};

}  // namespace voip::service
