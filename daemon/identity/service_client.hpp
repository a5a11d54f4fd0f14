#pragma once
#include <string>

#include "core/log.hpp"
#include "daemon/identity/identity.hpp"
#include "daemon/identity/service_answer.hpp"
#include "protocol/crypto/crypto.hpp"

namespace voip::identity {

/// What a device signs (protocol/README.md, "Signature").
struct SignedParts {
    std::string host, app_id, sn, model_id;
    std::int64_t timestamp_s = 0;
    std::string nonce;
    std::string public_key, sn_ticket;  ///< registration only
};
[[nodiscard]] std::string text_to_sign(const SignedParts& parts);

/// The two signed HTTPS requests of a device. Learns the service's time from every answer; a clock or nonce
/// fault is signed once more with that time.
class ServiceClient {
 public:
    struct Outcome {
        Reply reply;
        Verdict verdict = Verdict::try_later;
    };

    /// All must outlive it.
    ServiceClient(const Settings& settings, const Parts& parts) : settings_(settings), parts_(parts) {}

    /// `POST /v1/device/token`
    asio::awaitable<Outcome> token(crypto::KeyPair key);
    /// `POST /v1/device/register`; the ticket lives as long as this call.
    asio::awaitable<Outcome> enrol(crypto::KeyPair key, std::string sn_ticket);

 private:
    asio::awaitable<Outcome> ask(std::string path, crypto::KeyPair key, std::string sn_ticket);
    [[nodiscard]] transport::HttpRequest request(const std::string& path, const crypto::KeyPair& key,
                                                 const std::string& sn_ticket) const;

    const Settings& settings_;
    const Parts& parts_;
};

}  // namespace voip::identity
