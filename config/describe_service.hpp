#pragma once
#include "config/describe_common.hpp"

/// Every option of the service, once; see describe_daemon.hpp.
namespace voip::config {

// clang-format off
inline constexpr Text secret_rule{256, &check_secret, "16 to 256 bytes", true, true};

template <class V>
void describe(V& v, const Tls*) {
    v.option({"certificate"}, &Tls::certificate, path_rule);
    v.option({"key"}, &Tls::key, path_rule);
}

template <class V>
void describe(V& v, const Rooms*) {
    v.option({"ringSeconds"}, &Rooms::ring, Time{0.1, 600});
    v.option({"joinSeconds"}, &Rooms::join, Time{0.1, 120});
    v.option({"resumeSeconds"}, &Rooms::resume, Time{0.1, 120});
    v.option({"talkAloneSeconds"}, &Rooms::talk_alone, Time{0.1, 600});
}

template <class V>
void describe(V& v, const Limits*) {
    v.option({"dialsPerMinute"}, &Limits::dials_per_minute, Integer{1, 600});
    v.option({"loginFailuresPerMinute"}, &Limits::login_failures_per_minute, Integer{1, 600});
    v.option({"connections"}, &Limits::connections, Integer{1, 100000});
}

template <class V>
void describe(V& v, const CallDevicePolicy*) {
    v.option({"open"}, &CallDevicePolicy::open, Flag{});
}

template <class V>
void describe(V& v, const Notify*) {
    v.option({"url"}, &Notify::url, Text{2048, &check_https_url, "https://HOST[:PORT][/PATH]"});
    v.option({"secret"}, &Notify::secret, secret_rule);
    v.option({"ca"}, &Notify::ca, path_rule);
}

template <class V>
void describe(V& v, const Turn*) {
    v.option({"urls"}, &Turn::urls, Texts{{300, &check_ice_url, "stun:, turn: or turns:HOST[:PORT]", false}, 8});
    v.option({"secret"}, &Turn::secret, secret_rule);
    v.option({"ttlSeconds"}, &Turn::ttl, Time{60, 86400});
}

template <class V>
void describe(V& v, const TokenLife*) {
    v.option({"deviceTokenSeconds"}, &TokenLife::device, Time{1, 86400});
    v.option({"pushTokenSeconds"}, &TokenLife::push, Time{1, 2592000});
    v.option({"userTokenDays"}, &TokenLife::user, Time{0.001, 366, true});
}

template <class V>
void describe(V& v, const ServiceConfig*) {
    v.option({"listen"}, &ServiceConfig::listen, Listen{});
    v.option({"stateDir"}, &ServiceConfig::state_dir, Text{4096, &check_path, "absolute path", false});
    v.option({"names"}, &ServiceConfig::names, Texts{{253, &check_host, "host name or address", false}, 16});
    v.option({"www"}, &ServiceConfig::www, path_rule);
    v.section("tls", &ServiceConfig::tls);
    v.section("rooms", &ServiceConfig::rooms);
    v.section("limits", &ServiceConfig::limits);
    v.section("callDevice", &ServiceConfig::call_device);
    v.section("notify", &ServiceConfig::notify);
    v.section("turn", &ServiceConfig::turn);
    v.section("tokens", &ServiceConfig::tokens);
    v.section("log", &ServiceConfig::log);
}
// clang-format on

}  // namespace voip::config
