#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "protocol/transport/https_server.hpp"
#include "service/api/api.hpp"
#include "service/api/wechat_api.hpp"
#include "service/channel/channels.hpp"
#include "service/http/router.hpp"

namespace voip::service {

/// All HTTPS calls of the service behind one table: limits, content types, fault rules, then the call's own
/// handler.
/// @thread loop only; must outlive the server that asks it
class HttpApi {
 public:
    /// @param www  the folder of the phone page; empty: a plain page
    HttpApi(const ApiParts& parts, Channels& channels, std::filesystem::path www, std::string version);

    asio::awaitable<transport::HttpResponse> answer(transport::HttpRequest request);
    asio::awaitable<transport::UpgradeAnswer> upgrade(transport::HttpRequest request);
    /// A failing registry shows in /v1/health for a minute.
    void registry_failed() noexcept { registry_failed_ = parts_.timers.now(); }

 private:
    using Response = transport::HttpResponse;
    using Request = transport::HttpRequest;
    /// Most calls answer at once; two wait.
    struct Handler {
        std::function<Response(const Request&, const json::Value&)> at_once;
        asio::awaitable<Response> (HttpApi::*later)(Request, json::Value) = nullptr;
    };
    using Routes = Router<Handler>;

    std::vector<Routes::Route> routes();
    void add_dev_routes(std::vector<Routes::Route>& routes);
    asio::awaitable<Response> routed(Request request);
    asio::awaitable<Response> handled(const Handler* handler, Request request, json::Value body);
    asio::awaitable<Response> rpc(Request request, json::Value body);
    asio::awaitable<Response> voip_call(Request request, json::Value body);
    [[nodiscard]] Response page(const Request& request) const;
    [[nodiscard]] Response health() const;
    [[nodiscard]] Response refuse_upgrade(const Fault& fault, const Request& request) const;

    const ApiParts& parts_;
    Channels& channels_;
    std::filesystem::path www_;
    std::string version_;
    DeviceApi device_;
    UserApi user_;
    WechatApi wechat_;
    DevApi dev_;
    Routes router_;
    std::optional<TimePoint> registry_failed_;
};

inline constexpr std::string_view channel_subprotocol = "wmpf-voip.v1";

}  // namespace voip::service
