#include "tests/bench/channel.hpp"

#include "core/json.hpp"
#include "protocol/transport/https_client.hpp"
#include "tests/bench/lines.hpp"

namespace voip::bench {
namespace {

asio::awaitable<std::string> log_in(Timers& timers, transport::TlsClientContext tls, transport::Url at,
                                    std::string name) {
    transport::HttpRequest request;
    request.method = "POST";
    at.path = request.target = "/v1/user/login";
    request.headers.push_back(transport::Header{"Content-Type", "application/json"});
    request.body = "{\"name\":\"" + name + "\"}";
    auto answer = co_await transport::https_request(timers, tls, at, std::move(request), timers.now() + 5s);
    if (!answer) give_up("login: " + answer.error().text());
    const auto value = json::parse(answer->body);
    const json::Value* token = value ? value->find("userToken") : nullptr;
    if (!token || !token->as_string()) give_up("login: no userToken");
    co_return *token->as_string();
}

}  // namespace

asio::awaitable<std::unique_ptr<transport::MessageStream>> open_channel(Timers& timers, std::string url,
                                                                        std::string ca, std::string name) {
    auto tls = transport::TlsClientContext::make({ca, {}});
    auto at = transport::parse_url(url);
    if (!tls || !at) give_up("service or CA");
    const std::string token = co_await log_in(timers, *tls, *at, name);
    transport::WebSocketSettings settings;
    settings.subprotocol = "wmpf-voip.v1";
    settings.headers.push_back(transport::Header{"Authorization", "Bearer " + token});
    at->path = "/v1/channel";
    auto opened =
        co_await transport::open_websocket(timers, *tls, *at, std::move(settings), timers.now() + 5s);
    if (!opened) give_up("channel: " + opened.error().text());
    co_return std::move(opened->stream);
}

}  // namespace voip::bench
