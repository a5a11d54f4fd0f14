#pragma once
// Private to protocol/transport: what stands behind the TLS contexts, and the judge of a server's
// certificates.
#include <mbedtls/ssl_ticket.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocol/crypto/mbed.hpp"
#include "protocol/transport/tls_context.hpp"

namespace voip::transport {

namespace mbed = crypto::mbed;

/// From when to when all certificates of a chain are valid.
struct ValidSpan {
    UnixMillis from = 0;
    UnixMillis until = INT64_MAX;

    [[nodiscard]] bool holds(UnixMillis at) const noexcept { return from <= at && at <= until; }
};

/// Sits in the library's verify callback: replaces its judgement of time (it would ask the system clock) and
/// of addresses (2.28 does not know them), and puts what is wrong into words.
class TlsJudge {
 public:
    TlsJudge(std::string host, UnixMillis now);

    /// For mbedtls_ssl_set_verify, with a TlsJudge as context.
    static int callback(void* judge, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);
    [[nodiscard]] bool host_is_address() const noexcept { return !address_.empty(); }
    /// What is wrong with the chain, empty when nothing is. `flags`: the library's last word.
    [[nodiscard]] std::string words(std::uint32_t flags) const;
    /// False when the handshake took up an earlier session: then no certificate was shown.
    [[nodiscard]] bool was_asked() const noexcept { return asked_; }
    [[nodiscard]] ValidSpan span() const noexcept { return span_; }

 private:
    void judge(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags);
    void judge_time(const mbedtls_x509_crt& certificate, std::uint32_t& flags);
    void judge_name(const mbedtls_x509_crt& certificate, std::uint32_t& flags);
    void add(const std::string& problem);

    std::string host_;
    std::string address_;  // its 4 or 16 bytes when the host is an address
    UnixMillis now_;
    bool asked_ = false;
    ValidSpan span_;
    std::string words_;
};

/// The 4 or 16 bytes of an address as text, empty when it is none; and back.
[[nodiscard]] std::string address_bytes(const std::string& text);
[[nodiscard]] std::string address_text(std::string_view bytes);

struct TlsClientContext::State {
    State() { mbedtls_ssl_config_init(&config); }
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    struct Session {
        Session() { mbedtls_ssl_session_init(&value); }
        ~Session() { mbedtls_ssl_session_free(&value); }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        mbedtls_ssl_session value;
        ValidSpan span;  // a session is not taken up longer than its certificates are good
    };

    [[nodiscard]] UnixMillis now() const;
    /// Offers the session remembered for `key` ("host:port"), if it is still good.
    void offer_session(mbedtls_ssl_context& ssl, const std::string& key);
    /// Keeps the session of a connection for the next one. An empty `judge.was_asked()` keeps the old span.
    void keep_session(const mbedtls_ssl_context& ssl, const std::string& key, const TlsJudge& judge);
    void forget_session(const std::string& key) { sessions.erase(key); }

    mbedtls_ssl_config config;
    mbed::Certificates trusted;
    std::function<UnixMillis()> judge_time;
    std::map<std::string, std::unique_ptr<Session>> sessions;
    std::size_t resumed = 0;
};

struct TlsServerContext::State {
    State() {
        mbedtls_ssl_config_init(&config);
        mbedtls_ssl_ticket_init(&tickets);
    }
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static int write_ticket(void* state, const mbedtls_ssl_session* session, unsigned char* start,
                            const unsigned char* end, std::size_t* size, std::uint32_t* lifetime);
    static int parse_ticket(void* state, mbedtls_ssl_session* session, unsigned char* data, std::size_t size);

    mbedtls_ssl_config config;
    mbed::Certificates chain;
    mbed::Pk key;
    mbedtls_ssl_ticket_context tickets;
    std::vector<std::string> names;
    std::size_t resumed = 0;
};

}  // namespace voip::transport
