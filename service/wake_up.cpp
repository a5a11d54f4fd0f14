#include "service/wake_up.hpp"

#include <algorithm>

#include "protocol/crypto/crypto.hpp"

namespace voip::service {

std::string wake_up_body(const rooms::NotifyMember& notice, UnixMillis now) {
    const RoomFacts& room = notice.incoming.room;
    return json::write(
        json::Value()
            .set("event", "call.incoming")
            .set("memberKind", notice.member.kind == rooms::MemberKind::device ? "device" : "user")
            .set("memberId", notice.member.id)
            .set("roomId", room.room_id)
            .set("roomType", to_string(room.room_type))
            .set("businessType", room.business_type)
            .set("callerId", room.caller.id)
            .set("callerName", room.caller.name)
            .set("ringSeconds", notice.incoming.ring_seconds)
            .set("timestamp", now));
}

WakeUp::WakeUp(asio::any_io_executor executor, Timers& timers, transport::Url url, std::string secret,
               Post post, Log log)
    : timers_(timers),
      url_(std::move(url)),
      secret_(std::move(secret)),
      post_(std::move(post)),
      log_(std::move(log)),
      tasks_(std::move(executor), timers, [this](std::string_view, std::string_view what) {
          log_.err("wake-up failed", kv("what", what));
      }) {}

void WakeUp::tell(const rooms::NotifyMember& notice) {
    if (tasks_.size() >= max_pending) {
        log_.warning("wake-up dropped", kv("room", notice.incoming.room.room_id),
                     kv("pending", tasks_.size()));
        return;
    }
    const TimePoint end = timers_.now() + from_seconds(std::max(notice.incoming.ring_seconds, 0.0));
    tasks_.spawn("wake-up", deliver(wake_up_body(notice, timers_.wall_now()), end));
}

asio::awaitable<void> WakeUp::stop() {
    co_await tasks_.stop();
}

asio::awaitable<void> WakeUp::deliver(std::string body, TimePoint end) {
    transport::HttpRequest request;
    request.method = "POST";
    request.target = url_.path;
    request.headers = {
        {"Content-Type", "application/json"},
        {"X-Wmpf-Voip-Signature", "sha256=" + crypto::hex(crypto::hmac_sha256(secret_, body))}};
    request.body = std::move(body);
    Duration rest = pause;
    std::string why;
    for (unsigned attempt = 1; attempt <= tries && timers_.now() < end; ++attempt) {
        const TimePoint deadline = timers_.now() + try_time;
        auto url = url_;
        auto copy = request;
        const auto answer = co_await post_(std::move(url), std::move(copy), deadline);
        if (answer && answer->status / 100 == 2) co_return;
        if (!answer && answer.error().is(Errc::cancelled)) co_return;
        why = answer ? "HTTP " + std::to_string(answer->status) : answer.error().text();
        log_.info("wake-up try failed", kv("try", attempt), kv("why", why));
        if (attempt == tries) break;
        const auto ec = co_await timers_.wait_for(rest);
        if (ec) co_return;
        rest *= 2;
    }
    log_.warning("wake-up not delivered", kv("why", why));
}

}  // namespace voip::service
