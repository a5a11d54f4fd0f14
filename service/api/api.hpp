#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/service_config.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "protocol/transport/http.hpp"
#include "service/guard/faults.hpp"
#include "service/guard/rate_limit.hpp"
#include "service/http/request_rules.hpp"
#include "service/session.hpp"

/// The HTTPS calls that need no waiting, in three groups. No sockets: a request and its JSON body in, an
/// answer out.
namespace voip::service {

/// What the development and demo modes allow. @see README.md, "Development mode"
struct Modes {
    bool dev = false;        ///< fault rules; log-in by name, which makes new users
    bool demo = false;       ///< log-in by name of users that exist
    bool allow_lan = false;  ///< with dev: also for peers that are not this machine
};

/// What the calls work on. All but the functions must outlive their users.
struct ApiParts {
    Timers& timers;
    registry::Registry& registry;
    const config::ServiceConfig& config;
    FaultRules& faults;
    Modes modes;
    std::function<bool(const rooms::Member&)> is_online;
    std::function<void()> changed;                    ///< the registry changed: channels may have to close
    std::function<std::vector<std::string>()> names;  ///< of the certificate
    Log log;
};

/// /v1/device/*
class DeviceApi {
 public:
    explicit DeviceApi(const ApiParts& parts) : parts_(parts) {}
    [[nodiscard]] transport::HttpResponse enrol(const transport::HttpRequest& request,
                                                const json::Value& body);
    [[nodiscard]] transport::HttpResponse token(const transport::HttpRequest& request,
                                                const json::Value& body);

 private:
    const ApiParts& parts_;
};

/// /v1/user/*
class UserApi {
 public:
    explicit UserApi(const ApiParts& parts);
    [[nodiscard]] transport::HttpResponse login(const transport::HttpRequest& request,
                                                const json::Value& body);
    [[nodiscard]] transport::HttpResponse logout(const transport::HttpRequest& request,
                                                 const json::Value& body);
    [[nodiscard]] transport::HttpResponse request_device(const transport::HttpRequest& request,
                                                         const json::Value& body);
    [[nodiscard]] transport::HttpResponse devices(const transport::HttpRequest& request,
                                                  const json::Value& body);
    /// Who is logged in, and how one could log in from there: what a page must know when it opens.
    [[nodiscard]] transport::HttpResponse session(const transport::HttpRequest& request,
                                                  const json::Value& body);

 private:
    /// Nothing: allowed. Else why not from that address.
    [[nodiscard]] std::optional<Fault> refuse_names(std::string_view peer) const;
    [[nodiscard]] Answer<registry::Login> login_by_name(const std::string& name, const json::Value& body,
                                                        std::string_view peer);
    [[nodiscard]] Answer<registry::Login> try_login(const json::Value& body, std::string_view peer);

    const ApiParts& parts_;
    RateLimit failures_;  // by address
};

/// /v1/dev/faults; only made with --dev.
class DevApi {
 public:
    explicit DevApi(const ApiParts& parts) : parts_(parts) {}
    [[nodiscard]] transport::HttpResponse add(const transport::HttpRequest& request, const json::Value& body);
    [[nodiscard]] transport::HttpResponse list(const transport::HttpRequest& request,
                                               const json::Value& body);
    [[nodiscard]] transport::HttpResponse clear(const transport::HttpRequest& request,
                                                const json::Value& body);

 private:
    const ApiParts& parts_;
};

/// The member behind a request: its Bearer token or cookie. @errors 4010, 4014, 17, 5030; 4030 for a cookie
/// that comes from a page of another place
[[nodiscard]] Answer<Session> session_of(const ApiParts& parts, const transport::HttpRequest& request);

}  // namespace voip::service
