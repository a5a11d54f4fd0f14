#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "core/timers.hpp"
#include "daemon/identity/clock_state.hpp"
#include "daemon/identity/facts.hpp"
#include "protocol/fault.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/tls_context.hpp"
#include "protocol/transport/url.hpp"

/// The device towards the service: key, registration, tokens, and what may be told about them.
namespace voip::identity {

/// Who the device is; from the configuration.
struct Settings {
    std::string sn, model_id, app_id;
    std::string name, version;  ///< shown by device.get and told to the service
    Registration registration = Registration::device_auth;
    std::string host;              ///< the service's host as the device dials it, no port: it is signed
    std::filesystem::path folder;  ///< state folder: identity.key, identity.json
    Duration request_time = limits::request_time;
};

/// One HTTPS request to the service; `target` is a path of protocol/README.md ("/v1/device/token").
using HttpsRequest = std::function<asio::awaitable<Result<transport::HttpResponse>>(transport::HttpRequest,
                                                                                    TimePoint deadline)>;
/// The real one. A path in the base URL is put before the target. `timers` must outlive it.
[[nodiscard]] HttpsRequest https_to(Timers& timers, transport::TlsClientContext tls, transport::Url base);

/// What Identity works with; `timers` and `clock` must outlive it.
struct Parts {
    asio::any_io_executor executor;
    Timers& timers;
    ClockState& clock;
    HttpsRequest request;
    TaskSet::OnCrash on_crash;
    std::uint64_t seed = 0;  ///< for jitter: crypto::random_number()
    Log log;
};

struct PushToken {
    std::string value;                ///< a secret
    UnixMillis expire_timestamp = 0;  ///< by the service's clock
};

/// A request over the open channel; how the pushToken is fetched.
using ChannelCall =
    std::function<asio::awaitable<Reply>(std::string method, json::Value params, TimePoint deadline)>;

/// @thread loop only. co_await stop() before destroying it.
class Identity {
 public:
    using OnChange = std::function<void(const DeviceFacts&)>;

    Identity(Settings settings, Parts parts);
    ~Identity();

    /// Reads the state folder (making the key at the very first start) and keeps the tokens fresh from then
    /// on. What is wrong with the folder stands in facts(); it never stops the daemon.
    void start();
    asio::awaitable<void> stop();

    /// `device.register`: one attempt with this ticket, which is not kept. A Fault carries the service's
    /// errCode and, in `data`, {"retry": what may be done about it (protocol/errors.hpp)}; 1002: the service
    /// was not reached and the same ticket may be tried again while it is fresh.
    asio::awaitable<Answer<std::monostate>> register_device(std::string sn_ticket);

    /// A valid deviceToken: at once, or as soon as there is one (waits through outages and refusals).
    /// @errors timeout, cancelled
    asio::awaitable<Result<std::string>> device_token(TimePoint deadline);
    /// The one at hand, if it is valid.
    [[nodiscard]] std::optional<std::string> current_device_token() const;
    /// Fetches a new one now, whatever the age of the old one (code 13). Asked twice at once, it is fetched
    /// once.
    /// @errors wrong_state (not registered), timeout, cancelled, and those of HTTPS
    asio::awaitable<Outcome<std::monostate>> renew_device_token(TimePoint deadline);
    /// The service refused this token (401, 4401): if it is still the current one it is not handed out again.
    void reject_device_token(const std::string& token);

    /// `device.getPushToken`: the one at hand or a new one. @errors wrong_state (no channel), timeout,
    /// cancelled
    asio::awaitable<Outcome<PushToken>> push_token(TimePoint deadline);

    [[nodiscard]] DeviceFacts facts() const;
    /// Called after facts() changed (the clock's offset alone does not count), from the loop; must not block.
    void on_change(OnChange listener);
    /// The network is back or somebody pressed a button: waiting fetches are tried at once.
    void hurry();

    [[nodiscard]] const Settings& settings() const noexcept;

    // From the engine:
    /// The state of the channel; `reason` says why it is not online.
    void set_channel(ChannelState state, std::string reason);
    /// The channel can be used for requests, or (an empty function) no longer. `call` must be safe to use
    /// until then.
    void use_channel(ChannelCall call);
    /// The service's time, from an answer over verified TLS.
    void learn_time(UnixMillis server_time);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::identity
