#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::transport {

/// How a client judges servers. Verification cannot be switched off; there is no field for it.
struct TlsClientSettings {
    std::string ca_file;  ///< PEM; empty: the system's bundle /etc/ssl/certs/ca-certificates.crt
    std::function<UnixMillis()> judge_time;  ///< validity is judged at this time; empty: the system clock
};

/// Trust, random numbers and remembered sessions of a client. mbedTLS stays in the .cpp. Cheap to copy.
class TlsClientContext {
 public:
    /// @errors bad_config: the file is missing or holds no certificate (the path is named)
    [[nodiscard]] static Result<TlsClientContext> make(TlsClientSettings settings);
    /// How many handshakes took up an earlier session (a fiftieth of the work).
    [[nodiscard]] std::size_t resumptions() const noexcept;
    struct State;
    [[nodiscard]] State& state() const noexcept { return *state_; }

 private:
    explicit TlsClientContext(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// Certificate chain and key of a server, session tickets. Cheap to copy.
class TlsServerContext {
 public:
    /// @param chain_pem, key_pem  PEM text (the key unencrypted, P-256 or RSA)
    /// @errors bad_config: not PEM, or key and certificate do not belong together
    [[nodiscard]] static Result<TlsServerContext> make(std::string chain_pem, std::string key_pem);
    /// DNS names and IP addresses of the certificate's subjectAltName, as text.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept;
    /// How many clients came back with a ticket of ours.
    [[nodiscard]] std::size_t resumptions() const noexcept;
    struct State;
    [[nodiscard]] State& state() const noexcept { return *state_; }

 private:
    explicit TlsServerContext(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

}  // namespace voip::transport
