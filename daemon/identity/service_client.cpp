#include "daemon/identity/service_client.hpp"

#include <utility>

#include "protocol/transport/https_client.hpp"

namespace voip::identity {
namespace {

constexpr std::size_t nonce_characters = 32;

asio::awaitable<Result<transport::HttpResponse>> send(Timers& timers, transport::TlsClientContext tls,
                                                      transport::Url base, transport::HttpRequest request,
                                                      TimePoint deadline) {
    auto sending =
        transport::https_request(timers, std::move(tls), std::move(base), std::move(request), deadline);
    co_return co_await std::move(sending);
}

}  // namespace

HttpsRequest https_to(Timers& timers, transport::TlsClientContext tls, transport::Url base) {
    std::string prefix = base.path.substr(0, base.path.find('?'));
    while (prefix.ends_with('/')) prefix.pop_back();
    return [&timers, tls = std::move(tls), base = std::move(base), prefix = std::move(prefix)](
               transport::HttpRequest request, TimePoint deadline) {
        request.target.insert(0, prefix);
        return send(timers, tls, base, std::move(request), deadline);
    };
}

std::string text_to_sign(const SignedParts& parts) {
    const bool registration = !parts.sn_ticket.empty();
    const std::string timestamp = std::to_string(parts.timestamp_s);
    std::string text = registration ? "wmpf-voip-register-v1" : "wmpf-voip-token-v1";
    for (const std::string& part :
         {parts.host, parts.app_id, parts.sn, parts.model_id, timestamp, parts.nonce})
        text.append("\n").append(part);
    if (registration) text.append("\n").append(parts.public_key).append("\n").append(parts.sn_ticket);
    return text;
}

asio::awaitable<ServiceClient::Outcome> ServiceClient::token(crypto::KeyPair key) {
    auto asking = ask("/v1/device/token", std::move(key), {});
    co_return co_await std::move(asking);
}

asio::awaitable<ServiceClient::Outcome> ServiceClient::enrol(crypto::KeyPair key, std::string sn_ticket) {
    auto asking = ask("/v1/device/register", std::move(key), std::move(sn_ticket));
    co_return co_await std::move(asking);
}

asio::awaitable<ServiceClient::Outcome> ServiceClient::ask(std::string path, crypto::KeyPair key,
                                                           std::string sn_ticket) {
    for (bool again = false;; again = true) {
        const TimePoint deadline = parts_.timers.now() + settings_.request_time;
        auto sending = parts_.request(request(path, key, sn_ticket), deadline);
        const auto response = co_await std::move(sending);
        ServiceAnswer answer = read_answer(response);
        if (answer.server_time) parts_.clock.learn(*answer.server_time);
        const Verdict verdict = judge(answer.reply, again);
        if (verdict == Verdict::sign_again) {
            parts_.log.info("signing once more", kv("code", answer.reply.fault()->err_code));
            continue;
        }
        Outcome outcome{std::move(answer.reply), verdict};
        co_return outcome;
    }
}

transport::HttpRequest ServiceClient::request(const std::string& path, const crypto::KeyPair& key,
                                              const std::string& sn_ticket) const {
    SignedParts parts{settings_.host, settings_.app_id, settings_.sn, settings_.model_id, 0, {}, {},
                      sn_ticket};
    parts.timestamp_s = parts_.clock.service_time() / 1000;
    parts.nonce = crypto::random_text(nonce_characters);
    json::Value body;
    body.set("appId", parts.app_id).set("modelId", parts.model_id).set("sn", parts.sn);
    if (!sn_ticket.empty()) {
        parts.public_key = key.public_key();
        body.set("snTicket", sn_ticket).set("publicKey", parts.public_key);
    }
    body.set("timestamp", parts.timestamp_s).set("nonce", parts.nonce);
    body.set("signature", key.sign(text_to_sign(parts)));
    transport::HttpRequest request;
    request.method = "POST";
    request.target = path;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = json::write(body);
    return request;
}

}  // namespace voip::identity
