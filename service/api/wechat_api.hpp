#pragma once
#include "service/api/api.hpp"
#include "service/channel/dialling.hpp"

namespace voip::service {

/// Answers in the shape of the platform's open API: {errcode, errmsg, ...}, always with HTTP 200.
/// @source the platform's HTTP pages (getsnticket, cgi-bin/token); voip/call as integrators use it
[[nodiscard]] transport::HttpResponse wechat_reply(int err_code, std::string_view message = {});
[[nodiscard]] inline transport::HttpResponse wechat_reply(const Fault& fault) {
    return wechat_reply(fault.err_code, fault.err_msg);
}

/// /cgi-bin and /wxa: what a vendor's backend calls.
class WechatApi {
 public:
    explicit WechatApi(const ApiParts& parts);
    /// GET /cgi-bin/token
    [[nodiscard]] transport::HttpResponse token(const transport::HttpRequest& request);
    /// POST /wxa/getsnticket; the body's type is not looked at, as on the platform: a body that is not JSON
    /// is 9800003.
    [[nodiscard]] transport::HttpResponse sn_ticket(const transport::HttpRequest& request);
    /// POST /wxa/business/iot/voip/call up to the dialling, which waits.
    struct Admitted {
        std::string app_id;
        BackendCall call;
    };
    [[nodiscard]] Answer<Admitted> admit_call(const transport::HttpRequest& request);

 private:
    [[nodiscard]] Answer<std::string> app_of(const transport::HttpRequest& request);

    const ApiParts& parts_;
    RateLimit failures_;  // of /cgi-bin/token, by address
};

}  // namespace voip::service
