#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "protocol/transport/message_stream.hpp"
#include "service/channel/methods.hpp"
#include "service/guard/faults.hpp"

namespace voip::transport {
class RpcPeer;
}

namespace voip::service {

/// Close codes of a channel. @source protocol/README.md, "Channel methods"
namespace close_code {
inline constexpr std::uint16_t going_away = 1001, token_over = 4401, replaced = 4409;
}

/// The channels of all members, and the shell around Rooms: it gives Rooms what happens and performs what
/// Rooms wants.
/// @thread loop only. co_await stop() before destroying it; the streams must have ended (HttpsServer::stop).
class Channels final : public ChannelPort {
 public:
    /// All but the functions must outlive it.
    struct Parts {
        asio::any_io_executor executor;
        Timers& timers;
        registry::Registry& registry;
        const config::ServiceConfig& config;
        FaultRules& faults;
        std::function<void(const rooms::NotifyMember&)> wake_member;  ///< notify.url; may be empty
        Log log;
    };
    explicit Channels(Parts parts);
    ~Channels() override;

    /// Takes over the rooms of an earlier run, then performs what Rooms wants until stop(). @errors io
    [[nodiscard]] Result<void> start();
    asio::awaitable<void> stop();

    /// One channel from open to end. Older ones of the member give way (4409) when there are too many.
    asio::awaitable<void> serve(std::unique_ptr<transport::MessageStream> stream, Session session);
    /// One request of a member, with the fault rules; `channel` 0: without a channel.
    asio::awaitable<Answer<json::Value>> answer(Caller caller, std::string method, json::Value params);
    /// /wxa/business/iot/voip/call: waits until the device has acknowledged. 0, or the code that refused.
    asio::awaitable<Answer<void>> backend_call(std::string app_id, BackendCall call);

    /// Closes with 4401: every channel of a member, or those of one user token.
    void close_member(const rooms::Member& member, std::string_view why);
    void close_token(const std::string& token_id, std::string_view why);
    /// contacts.changed to the channels of a device.
    void contacts_changed(const std::string& sn);

    [[nodiscard]] bool is_online(const rooms::Member& member) const { return rooms_.is_online(member); }
    [[nodiscard]] std::size_t size() const noexcept { return channels_.size(); }
    [[nodiscard]] std::size_t rooms() const noexcept { return rooms_.size(); }

    void send(rooms::ChannelId channel, std::shared_ptr<const std::string> message) override;
    void renew(rooms::ChannelId channel, const Session& session) override;

 private:
    struct Channel;
    struct Waiting;  // a backend's call, until its outcome
    using ChannelPtr = std::shared_ptr<Channel>;

    asio::awaitable<void> perform_all();
    void take_actions();
    void tell_what_is_due();
    asio::awaitable<void> ring(rooms::SendIncoming incoming);
    asio::awaitable<Answer<json::Value>> answer_on(rooms::ChannelId channel, std::string method,
                                                   json::Value params);
    asio::awaitable<void> never_answer();

    ChannelPtr find(rooms::ChannelId channel) const;
    ChannelPtr admit(std::unique_ptr<transport::MessageStream> stream, Session session);
    void make_place(const rooms::Member& member);
    void close(const ChannelPtr& channel, std::uint16_t code, std::string_view why);
    void remove(const ChannelPtr& channel, bool leaving = false);
    void arm(const ChannelPtr& channel);
    void commit();  ///< saves what Rooms wants saved, then lets perform_all() run
    void save_records();
    bool perform(rooms::Action& action);  ///< true: a task was started that must run before the next action
    void report(const rooms::RoomOver& over);
    [[nodiscard]] rooms::Moment now() const { return methods_.now(); }

    Parts parts_;
    rooms::Rooms rooms_;
    Methods methods_;
    std::map<rooms::ChannelId, ChannelPtr> channels_;  // by age
    rooms::ChannelId last_id_ = 0;
    std::map<std::string, Waiting*> waiting_;  // by roomId
    std::deque<rooms::Action> acting_;         // wanted by Rooms, not performed yet
    Wake due_;
    TaskSet tasks_;
};

}  // namespace voip::service
