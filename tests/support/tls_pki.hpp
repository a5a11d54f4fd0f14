#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/crypto/certificate.hpp"
#include "protocol/transport/tls_context.hpp"

namespace voip::test {

/// A throw-away authority with the certificates and contexts that TLS tests need. Made in memory; only the CA
/// file that TlsClientSettings wants is on disk, until the object goes.
class Pki {
 public:
    static constexpr UnixMillis day = 86400000;
    static constexpr UnixMillis now = 1767225600000;  ///< 2026-01-01, where ManualTimers starts

    explicit Pki(std::string_view name = "Test authority")
        : authority_(take(crypto::make_authority(name, now - 1000 * day, now + 4000 * day))) {
        std::string pattern = (std::filesystem::temp_directory_path() / "voip-ca-XXXXXX").string();
        const int fd = ::mkstemp(pattern.data());
        if (fd < 0) throw std::runtime_error("no temporary file");
        ::close(fd);
        ca_file_ = pattern;
        std::ofstream(ca_file_) << authority_.certificate_pem;
    }
    Pki(const Pki&) = delete;
    Pki& operator=(const Pki&) = delete;
    ~Pki() { std::filesystem::remove(ca_file_); }

    [[nodiscard]] const crypto::Credentials& authority() const { return authority_; }
    [[nodiscard]] const std::filesystem::path& ca_file() const { return ca_file_; }

    [[nodiscard]] crypto::Credentials issue(const std::vector<std::string>& names,
                                            UnixMillis from = now - day,
                                            UnixMillis until = now + 365 * day) const {
        return take(crypto::issue_certificate(authority_, names, from, until));
    }
    [[nodiscard]] transport::TlsServerContext server(const std::vector<std::string>& names = {
                                                         "localhost", "127.0.0.1", "::1"}) const {
        return server_with(issue(names));
    }
    [[nodiscard]] static transport::TlsServerContext server_with(const crypto::Credentials& credentials) {
        return take(transport::TlsServerContext::make(credentials.certificate_pem, credentials.key_pem));
    }
    /// A client that trusts this authority and judges at `at`.
    [[nodiscard]] transport::TlsClientContext client(UnixMillis at = now) const {
        return client_at([at] { return at; });
    }
    [[nodiscard]] transport::TlsClientContext client_at(std::function<UnixMillis()> clock) const {
        transport::TlsClientSettings settings;
        settings.ca_file = ca_file_.string();
        settings.judge_time = std::move(clock);
        return take(transport::TlsClientContext::make(std::move(settings)));
    }

 private:
    template <class T>
    static T take(Result<T> result) {
        if (!result) throw std::runtime_error(result.error().text());
        return std::move(*result);
    }

    crypto::Credentials authority_;
    std::filesystem::path ca_file_;
};

}  // namespace voip::test
