#include "daemon/media/program/gst/dtls_setup.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdint>

// OpenSSL's own names. The little that is used of it is declared here: the plugin brings the library, of
// whatever version, and nothing of ours is built against it.
struct ssl_st;
struct ssl_ctx_st;
struct crypto_ex_data_st;

namespace voip::media::gst {
namespace {

// @source openssl/crypto.h, openssl/ssl.h: the same in 3.0 and 3.5
using NewObject = void (*)(void* parent, void*, crypto_ex_data_st*, int, long, void*);
using GetIndex = int (*)(int kind, long, void*, NewObject, void*, void*);
using Info = void (*)(const ssl_st*, int where, int);
using Wait = unsigned (*)(ssl_st*, unsigned last);
constexpr int kind_context = 1;      // CRYPTO_EX_INDEX_SSL_CTX
constexpr int handshake_start = 16;  // SSL_CB_HANDSHAKE_START
constexpr int set_mtu = 17;          // SSL_CTRL_SET_MTU

constexpr std::uint64_t keep_mtu = 1u << 12;  // SSL_OP_NO_QUERY_MTU: also after words that were lost

constexpr long longest_datagram = 1200;  // as the packets of media: a way that is too narrow carries neither

// @source RFC 6347, 4.2.4.1: less than its second where round trips are shorter, doubled each time. OpenSSL
// gives up after 12 times: with these after 14 s, when a new connection has long begun.
constexpr unsigned first_wait = 100'000, longest_wait = 1'600'000;

struct OpenSsl {
    GetIndex get_index = nullptr;
    void (*set_info)(ssl_ctx_st*, Info) = nullptr;
    int (*is_dtls)(const ssl_st*) = nullptr;
    void (*set_wait)(ssl_st*, Wait) = nullptr;
    long (*control)(ssl_st*, int what, long, void*) = nullptr;
    std::uint64_t (*set_options)(ssl_st*, std::uint64_t) = nullptr;
};
OpenSsl library;  // written once, before the first handshake

template <class Function>
bool find(void* handle, const char* name, Function& into) {
    into = reinterpret_cast<Function>(::dlsym(handle, name));
    return into != nullptr;
}

/// The functions among those of the plugin and what it is linked with, which stay loaded as long as it does.
bool find_all(const char* plugin) {
    void* const handle = ::dlopen(plugin, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
    if (!handle) return false;
    const bool found =
        find(handle, "CRYPTO_get_ex_new_index", library.get_index) &&
        find(handle, "SSL_CTX_set_info_callback", library.set_info) &&
        find(handle, "SSL_is_dtls", library.is_dtls) && find(handle, "DTLS_set_timer_cb", library.set_wait) &&
        find(handle, "SSL_ctrl", library.control) && find(handle, "SSL_set_options", library.set_options);
    ::dlclose(handle);
    return found;
}

void on_info(const ssl_st* told, int where, int) {
    if ((where & handshake_start) == 0 || library.is_dtls(told) == 0) return;
    auto* const connection = const_cast<ssl_st*>(told);  // const for those who only look on
    (void)library.set_options(connection, keep_mtu);
    (void)library.control(connection, set_mtu, longest_datagram, nullptr);
    library.set_wait(connection, [](ssl_st*, unsigned last) { return next_handshake_wait(last); });
}

void on_context(void* context, void*, crypto_ex_data_st*, int, long, void*) {
    library.set_info(static_cast<ssl_ctx_st*>(context), on_info);
}

}  // namespace

bool set_up_dtls(const char* plugin) {
    // The plugin makes contexts and connections where nobody can reach them; OpenSSL tells of each context.
    static const bool done =
        find_all(plugin) && library.get_index(kind_context, 0, nullptr, on_context, nullptr, nullptr) >= 0;
    return done;
}

unsigned next_handshake_wait(unsigned last) noexcept {
    return last == 0 ? first_wait : std::min(2 * last, longest_wait);
}

}  // namespace voip::media::gst
