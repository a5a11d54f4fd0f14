#include "service/authority.hpp"

#include <algorithm>
#include <optional>

#include "core/file.hpp"

namespace voip::service {
namespace {

constexpr std::size_t pem_file_limit = 256 * 1024;
constexpr std::string_view authority_name = "wmpf-voip-service own authority";

UnixMillis millis(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// The PEM block whose label ends with `label`, with its markers.
std::string pem_block(const std::string& text, std::string_view label) {
    for (std::size_t at = text.find("-----BEGIN "); at != std::string::npos;
         at = text.find("-----BEGIN ", at + 1)) {
        const std::size_t label_end = text.find("-----", at + 11);
        if (label_end == std::string::npos) return {};
        if (!std::string_view(text).substr(0, label_end).ends_with(label)) continue;
        const std::size_t end = text.find("-----END ", label_end);
        const std::size_t last = end == std::string::npos ? end : text.find("-----", end + 9);
        if (last == std::string::npos) return {};
        return text.substr(at, last + 5 - at) + "\n";
    }
    return {};
}

/// Key and certificate as they lie together in one file.
std::string bundle(const crypto::Credentials& credentials) {
    return credentials.key_pem + (credentials.key_pem.ends_with('\n') ? "" : "\n") +
           credentials.certificate_pem;
}

crypto::Credentials unbundle(const std::string& text) {
    return {pem_block(text, " CERTIFICATE"), pem_block(text, "PRIVATE KEY")};
}

bool same_names(std::vector<std::string> a, std::vector<std::string> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

Result<crypto::Credentials> read_authority(const std::filesystem::path& file, const std::string& text) {
    auto authority = unbundle(text);
    const auto facts = crypto::read_certificate(authority.certificate_pem);
    if (!facts || !facts->is_authority || authority.key_pem.empty())
        return fail(Errc::bad_config, file.string() +
                                          " is damaged: restore it from a copy, or remove it together "
                                          "with ca.pem and give every device the new ca.pem");
    return authority;
}

Result<crypto::Credentials> open_authority(const std::filesystem::path& folder, UnixMillis now,
                                           const Log& log) {
    const auto key_file = folder / "ca-key.pem", ca_file = folder / "ca.pem";
    const auto text = read_file(key_file, pem_file_limit);
    if (!text && !text.error().is(Errc::not_found)) return text.error();
    auto authority = text ? read_authority(key_file, *text)
                          : crypto::make_authority(authority_name, std::max<UnixMillis>(now - millis(24h), 0),
                                                   now + millis(authority_life));
    if (!authority) return authority;
    if (!text) {
        auto written = write_file(key_file, bundle(*authority), 0600);
        if (!written) return written.error();
        log.notice("own authority made", kv("file", ca_file.string()));
    }
    const auto copy = read_file(ca_file, pem_file_limit);
    if (!copy || *copy != authority->certificate_pem) {
        auto written = write_file(ca_file, authority->certificate_pem, 0644);
        if (!written) return written.error();
    }
    return authority;
}

std::optional<ServerIdentity> read_server(const std::filesystem::path& file,
                                          const crypto::Credentials& authority, const Log& log) {
    const auto text = read_file(file, pem_file_limit);
    if (!text) return std::nullopt;
    auto [chain, key] = unbundle(*text);
    auto facts = crypto::read_certificate(chain);
    if (!facts || key.empty()) {
        (void)set_aside(file);
        log.warning("server certificate damaged, set aside", kv("file", file.string()));
        return std::nullopt;
    }
    if (!crypto::is_issued_by(chain, authority.certificate_pem)) return std::nullopt;
    return ServerIdentity{std::move(chain), std::move(key), std::move(*facts), {}};
}

Result<ServerIdentity> make_server(const std::filesystem::path& file, const crypto::Credentials& authority,
                                   const std::vector<std::string>& names, UnixMillis now, const Log& log) {
    auto made = crypto::issue_certificate(authority, names, std::max<UnixMillis>(now - millis(24h), 0),
                                          now + millis(server_certificate_life));
    if (!made) return made.error();
    auto facts = crypto::read_certificate(made->certificate_pem);
    if (!facts) return facts.error();
    auto written = write_file(file, bundle(*made), 0600);
    if (!written) return written.error();
    log.notice("server certificate made", kv("names", names.size()), kv("file", file.string()));
    return ServerIdentity{made->certificate_pem, made->key_pem, std::move(*facts), {}};
}

Result<ServerIdentity> read_given(const AuthoritySettings& settings) {
    auto chain = read_file(settings.chain_file, pem_file_limit);
    if (!chain) return within("certificate", chain.error());
    auto key = read_file(settings.key_file, pem_file_limit);
    if (!key) return within("key", key.error());
    auto facts = crypto::read_certificate(*chain);
    if (!facts) return fail(Errc::bad_config, settings.chain_file + " holds no certificate");
    return ServerIdentity{std::move(*chain), std::move(*key), std::move(*facts), {}};
}

}  // namespace

bool needs_renewal(const ServerIdentity& identity, const AuthoritySettings& settings, UnixMillis now) {
    if (!settings.chain_file.empty()) return false;
    return identity.facts.not_after - now < millis(server_certificate_renewal) ||
           identity.facts.not_before > now || !same_names(identity.facts.names, settings.names);
}

Result<ServerIdentity> open_server_identity(const AuthoritySettings& settings, UnixMillis now,
                                            const Log& log) {
    if (!settings.chain_file.empty()) return read_given(settings);
    auto authority = open_authority(settings.state_dir, now, log);
    if (!authority) return within("certificate authority", authority.error());
    const auto file = settings.state_dir / "server.pem";
    if (auto kept = read_server(file, *authority, log); kept && !needs_renewal(*kept, settings, now)) {
        kept->ca_file = settings.state_dir / "ca.pem";
        return std::move(*kept);
    }
    auto made = make_server(file, *authority, settings.names, now, log);
    if (made) made->ca_file = settings.state_dir / "ca.pem";
    return made;
}

}  // namespace voip::service
