#include "protocol/transport/tls_context.hpp"

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "core/file.hpp"
#include "protocol/transport/tls_state.hpp"

namespace voip::transport {
namespace {

constexpr std::size_t ca_file_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_sessions = 16;
constexpr std::size_t named_names = 3;  // how many of a wrong certificate's names stand in the message
constexpr std::uint32_t ticket_life_s = 86400;
constexpr const char* system_bundle = "/etc/ssl/certs/ca-certificates.crt";

std::string date_text(UnixMillis at) {
    using namespace std::chrono;
    const year_month_day date{floor<days>(sys_time<milliseconds>(milliseconds{at}))};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

std::vector<std::string> names_of(const mbedtls_x509_crt& certificate) {
    std::vector<std::string> names;
    const auto add = [](void* context, mbed::AltName name) {
        auto& all = *static_cast<std::vector<std::string>*>(context);
        all.push_back(name.is_address ? address_text(name.value) : std::string(name.value));
    };
    mbed::visit_alt_names(certificate, add, &names);
    return names;
}

/// For a message: the first names, or the subject when there are none.
std::string owner_of(const mbedtls_x509_crt& certificate) {
    const auto names = names_of(certificate);
    if (names.empty()) {
        std::array<char, 256> subject{};
        return mbedtls_x509_dn_gets(subject.data(), subject.size(), &certificate.subject) > 0 ? subject.data()
                                                                                              : "nobody";
    }
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < named_names; ++i) text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > named_names) text += ", ...";
    // It comes from a stranger and goes to a log.
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    return text;
}

bool has_address(const mbedtls_x509_crt& certificate, const std::string& address) {
    struct Search {
        std::string_view wanted;
        bool found = false;
    } search{address};
    const auto compare = [](void* context, mbed::AltName name) {
        auto& wanted = *static_cast<Search*>(context);
        if (name.is_address && name.value == wanted.wanted) wanted.found = true;
    };
    mbed::visit_alt_names(certificate, compare, &search);
    return search.found;
}

}  // namespace

std::string address_bytes(const std::string& text) {
    std::array<char, 16> raw{};
    if (inet_pton(AF_INET, text.c_str(), raw.data()) == 1) return {raw.data(), 4};
    if (inet_pton(AF_INET6, text.c_str(), raw.data()) == 1) return {raw.data(), 16};
    return {};
}

std::string address_text(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    return inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

TlsJudge::TlsJudge(std::string host, UnixMillis now)
    : host_(std::move(host)), address_(address_bytes(host_)), now_(now) {}

int TlsJudge::callback(void* judge, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
    static_cast<TlsJudge*>(judge)->judge(*certificate, depth, *flags);
    return 0;
}

void TlsJudge::judge(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags) {
    asked_ = true;
    judge_time(certificate, flags);
    if (depth == 0) judge_name(certificate, flags);
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) add("not signed by a trusted CA");
    if ((flags &
         (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)) != 0)
        add("certificate uses weak cryptography");
}

void TlsJudge::judge_time(const mbedtls_x509_crt& certificate, std::uint32_t& flags) {
    flags &= ~static_cast<std::uint32_t>(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    const UnixMillis from = mbed::to_millis(certificate.valid_from);
    const UnixMillis until = mbed::to_millis(certificate.valid_to) + 999;  // to the end of that second
    span_.from = std::max(span_.from, from);
    span_.until = std::min(span_.until, until);
    if (now_ > until) {
        flags |= MBEDTLS_X509_BADCERT_EXPIRED;
        add("certificate expired on " + date_text(until));
    } else if (now_ < from) {
        flags |= MBEDTLS_X509_BADCERT_FUTURE;
        add("certificate not valid before " + date_text(from));
    }
}

void TlsJudge::judge_name(const mbedtls_x509_crt& certificate, std::uint32_t& flags) {
    if (host_is_address()) {
        flags &= ~static_cast<std::uint32_t>(MBEDTLS_X509_BADCERT_CN_MISMATCH);
        if (!has_address(certificate, address_)) flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0)
        add("certificate is for " + owner_of(certificate) + ", not for " + host_);
}

void TlsJudge::add(const std::string& problem) {
    if (words_.find(problem) != std::string::npos) return;  // the same of several certificates
    words_ += (words_.empty() ? "" : "; ") + problem;
}

std::string TlsJudge::words(std::uint32_t flags) const {
    if (!words_.empty()) return words_;
    if ((flags & (MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE)) != 0)
        return "certificate is not for servers";
    if ((flags & MBEDTLS_X509_BADCERT_MISSING) != 0) return "no certificate was shown";
    return flags == 0 ? "" : "certificate not accepted";
}

// --- client

TlsClientContext::State::~State() {
    mbedtls_ssl_config_free(&config);
}

UnixMillis TlsClientContext::State::now() const {
    if (judge_time) return judge_time();
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

void TlsClientContext::State::offer_session(mbedtls_ssl_context& ssl, const std::string& key) {
    const auto found = sessions.find(key);
    if (found == sessions.end()) return;
    if (!found->second->span.holds(now()) || mbedtls_ssl_set_session(&ssl, &found->second->value) != 0)
        sessions.erase(found);  // costs a full handshake, which then says what is wrong
}

void TlsClientContext::State::keep_session(const mbedtls_ssl_context& ssl, const std::string& key,
                                           const TlsJudge& judge) {
    auto session = std::make_unique<Session>();
    const auto old = sessions.find(key);
    if (judge.was_asked())
        session->span = judge.span();
    else if (old != sessions.end())
        session->span = old->second->span;
    else
        return;
    if (mbedtls_ssl_get_session(&ssl, &session->value) != 0) return;
    if (old == sessions.end() && sessions.size() >= max_sessions) sessions.erase(sessions.begin());
    sessions[key] = std::move(session);
}

Result<TlsClientContext> TlsClientContext::make(TlsClientSettings settings) {
    const std::string path = settings.ca_file.empty() ? system_bundle : settings.ca_file;
    const auto pem = read_file(path, ca_file_bytes);
    if (!pem) return fail(Errc::bad_config, pem.error().text());
    const auto state = std::make_shared<State>();
    const int unread = mbed::parse_certificates(state->trusted, *pem);
    // The system's bundle may hold kinds that the library does not know; one's own file must be right.
    if (unread < 0 || (unread > 0 && !settings.ca_file.empty()))
        return fail(Errc::bad_config, path + ": no certificate in PEM, or a damaged one");
    state->judge_time = std::move(settings.judge_time);
    mbed::must(mbedtls_ssl_config_defaults(&state->config, MBEDTLS_SSL_IS_CLIENT,
                                           MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
               "TLS configuration");
    mbed::configure(state->config);
    mbedtls_ssl_conf_ca_chain(&state->config, &state->trusted.value, nullptr);
    mbedtls_ssl_conf_authmode(&state->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    return TlsClientContext(state);
}

std::size_t TlsClientContext::resumptions() const noexcept {
    return state_->resumed;
}

// --- server

TlsServerContext::State::~State() {
    mbedtls_ssl_config_free(&config);
    mbedtls_ssl_ticket_free(&tickets);
}

int TlsServerContext::State::write_ticket(void* state, const mbedtls_ssl_session* session,
                                          unsigned char* start, const unsigned char* end, std::size_t* size,
                                          std::uint32_t* lifetime) {
    return mbedtls_ssl_ticket_write(&static_cast<State*>(state)->tickets, session, start, end, size,
                                    lifetime);
}

int TlsServerContext::State::parse_ticket(void* state, mbedtls_ssl_session* session, unsigned char* data,
                                          std::size_t size) {
    auto* self = static_cast<State*>(state);
    const int code = mbedtls_ssl_ticket_parse(&self->tickets, session, data, size);
    if (code == 0) ++self->resumed;
    return code;
}

Result<TlsServerContext> TlsServerContext::make(std::string chain_pem, std::string key_pem) {
    const auto state = std::make_shared<State>();
    if (mbed::parse_certificates(state->chain, chain_pem) != 0)
        return fail(Errc::bad_config, "the certificate is not PEM, or damaged");
    if (mbed::parse_key(state->key, key_pem) != 0)
        return fail(Errc::bad_config, "the private key is not unencrypted PEM, or damaged");
    if (!mbed::keys_match(state->chain.value, state->key))
        return fail(Errc::bad_config, "the private key does not belong to the certificate");
    state->names = names_of(state->chain.value);
    mbed::must(mbedtls_ssl_config_defaults(&state->config, MBEDTLS_SSL_IS_SERVER,
                                           MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
               "TLS configuration");
    mbed::configure(state->config);
    mbed::must(mbedtls_ssl_conf_own_cert(&state->config, &state->chain.value, &state->key.value),
               "own certificate");
    mbed::must(mbedtls_ssl_ticket_setup(&state->tickets, mbed::random, nullptr, MBEDTLS_CIPHER_AES_256_GCM,
                                        ticket_life_s),
               "session tickets");
    mbedtls_ssl_conf_session_tickets_cb(&state->config, State::write_ticket, State::parse_ticket,
                                        state.get());
    return TlsServerContext(state);
}

const std::vector<std::string>& TlsServerContext::names() const noexcept {
    return state_->names;
}

std::size_t TlsServerContext::resumptions() const noexcept {
    return state_->resumed;
}

}  // namespace voip::transport
