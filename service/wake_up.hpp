#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "config/service_config.hpp"
#include "core/log.hpp"
#include "core/task_set.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/url.hpp"
#include "service/rooms/rooms.hpp"

namespace voip::service {

/// Tells a vendor's server (notify.url) that somebody without a channel is called, so that it can wake the
/// phone or the device by its own push: HTTPS POST of
/// `{event: "call.incoming", memberKind, memberId, roomId, roomType, businessType, callerId, callerName,
/// ringSeconds,
///   timestamp}` with the header `X-Wmpf-Voip-Signature: sha256=HEX`, the HMAC-SHA256 of the body under
///   notify.secret.
/// Any 2xx is success; else it is tried again, three times in all, 5 s each, as long as the room rings.
/// @thread loop only. co_await stop() before destroying it.
class WakeUp {
 public:
    static constexpr unsigned tries = 3;
    static constexpr Duration try_time = 5s;
    static constexpr Duration pause = 1s;           ///< before the second try; doubled before the third
    static constexpr std::size_t max_pending = 64;  ///< further ones are dropped and logged

    /// How a request goes out: transport::https_request in the service, a script in tests.
    using Post = std::function<asio::awaitable<Result<transport::HttpResponse>>(
        transport::Url, transport::HttpRequest, TimePoint deadline)>;
    WakeUp(asio::any_io_executor executor, Timers& timers, transport::Url url, std::string secret, Post post,
           Log log);

    void tell(const rooms::NotifyMember& notice);
    asio::awaitable<void> stop();
    [[nodiscard]] std::size_t pending() const noexcept { return tasks_.size(); }

 private:
    asio::awaitable<void> deliver(std::string body, TimePoint end);

    Timers& timers_;
    transport::Url url_;
    std::string secret_;
    Post post_;
    Log log_;
    TaskSet tasks_;
};

/// The body of one notice. Pure.
[[nodiscard]] std::string wake_up_body(const rooms::NotifyMember& notice, UnixMillis now);

}  // namespace voip::service
