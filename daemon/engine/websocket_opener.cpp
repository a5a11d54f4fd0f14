#include <algorithm>
#include <utility>

#include "daemon/engine/channel.hpp"
#include "protocol/transport/https_client.hpp"

namespace voip::engine {
namespace {

asio::awaitable<OpenedChannel> open(Timers& timers, transport::TlsClientContext tls, transport::Url url,
                                    transport::WebSocketSettings settings, TimePoint deadline) {
    transport::HttpResponse refusal;
    refusal.status = 0;
    auto opening = transport::open_websocket(timers, std::move(tls), std::move(url), std::move(settings),
                                             deadline, &refusal);
    auto opened = co_await std::move(opening);
    OpenedChannel channel;
    if (opened) {
        channel.stream = std::move(opened->stream);
        channel.date = std::move(opened->date);
    } else {
        channel.error = opened.error();
        channel.http_status = refusal.status;
        channel.date = refusal.header("Date");
    }
    co_return channel;
}

}  // namespace

ChannelOpener websocket_opener(Timers& timers, transport::TlsClientContext tls, transport::Url base) {
    base.path.resize(std::min(base.path.find('?'), base.path.size()));
    while (base.path.ends_with('/')) base.path.pop_back();
    base.path += "/v1/channel";
    return [&timers, tls = std::move(tls), base = std::move(base)](std::string device_token,
                                                                   TimePoint deadline) {
        transport::WebSocketSettings settings;
        settings.subprotocol = "wmpf-voip.v1";
        settings.headers.push_back({"Authorization", "Bearer " + device_token});
        return open(timers, tls, base, std::move(settings), deadline);
    };
}

}  // namespace voip::engine
