#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/log_levels.hpp"
#include "core/clock.hpp"

/// What the file /etc/wmpf-voip-service/config.json says: typed, complete, not changed after loading.
/// README.md beside this file has every option in a table; describe_service.hpp has each one's rule. What is
/// only for development
/// (--dev, --dev-allow-lan) is a matter of the command line, never of this file.
namespace voip::config {

struct ListenAddress {
    std::string host = "127.0.0.1";  ///< name or address, without the brackets of IPv6
    std::uint16_t port = 8443;       ///< 0: any free one
    friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// The service's own certificate; both empty: it is issued by the service's own authority in stateDir.
struct Tls {
    std::string certificate;  ///< absolute path of a PEM file, the chain included
    std::string key;          ///< absolute path of a PEM file
    friend bool operator==(const Tls&, const Tls&) = default;
};

struct Rooms {
    Duration ring = 60s;        ///< 0.1 s to 600 s
    Duration join = 20s;        ///< 0.1 s to 120 s: from the answer until both have joined
    Duration resume = 10s;      ///< 0.1 s to 120 s: channel gone before talking, both gone, or a restart
    Duration talk_alone = 60s;  ///< 0.1 s to 600 s: one member of a talking room without a channel
    friend bool operator==(const Rooms&, const Rooms&) = default;
};

struct Limits {
    std::int64_t dials_per_minute = 10;          ///< 1 to 600, per member
    std::int64_t login_failures_per_minute = 5;  ///< 1 to 600, per address
    std::int64_t connections = 1024;  ///< 1 to 100000 at once; further ones wait in the kernel's queue
    friend bool operator==(const Limits&, const Limits&) = default;
};

struct CallDevicePolicy {
    bool open = false;  ///< true: callDevice needs no authorisation of the user for that device
    friend bool operator==(const CallDevicePolicy&, const CallDevicePolicy&) = default;
};

/// Where a vendor is told that a user without a channel is called (design: HTTPS POST with an HMAC).
struct Notify {
    std::string url;     ///< "https://..."; empty: nobody is told
    std::string secret;  ///< key of the HMAC, 16 to 256 bytes; with `url` only. Never to be printed
    std::string ca;      ///< absolute path of a PEM file; empty: the system's certificates
    friend bool operator==(const Notify&, const Notify&) = default;
};

/// STUN and TURN servers given to members of a room.
struct Turn {
    std::vector<std::string> urls;  ///< at most 8, "stun:", "turn:" or "turns:"
    std::string secret;             ///< shared with the TURN server, 16 to 256 bytes. Never to be printed
    Duration ttl = 3600s;           ///< 60 s to 86400 s: life of the credentials handed out
    friend bool operator==(const Turn&, const Turn&) = default;
};

struct TokenLife {
    Duration device = 3600s;   ///< 1 s to 86400 s
    Duration push = 24h;       ///< 1 s to 30 days
    Duration user = 30 * 24h;  ///< 0.001 to 366 days
    friend bool operator==(const TokenLife&, const TokenLife&) = default;
};

struct ServiceConfig {
    ListenAddress listen;
    std::string state_dir = "/var/lib/wmpf-voip-service";  ///< absolute
    std::vector<std::string> names;  ///< at most 16 host names or addresses it is reached by, without port
    std::string www;                 ///< absolute folder of the phone page; empty: the installed one
    Tls tls;
    Rooms rooms;
    Limits limits;
    CallDevicePolicy call_device;
    Notify notify;
    Turn turn;
    TokenLife tokens;
    LogLevels log;
    friend bool operator==(const ServiceConfig&, const ServiceConfig&) = default;
};

}  // namespace voip::config
