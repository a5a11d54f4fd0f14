#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "config/service_config.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "service/api/api.hpp"

namespace voip::service {

struct ServiceSettings {
    config::ServiceConfig config;
    Modes modes;
};

/// The other end of the wire, whole: registry, rooms, channels, HTTPS, the operator's socket. Several may
/// live in one process, each with a state folder of its own.
/// @thread loop only: it runs on the executor it is given. co_await stop() before destroying it.
class Service {
 public:
    /// `timers` and `hub` must outlive it.
    Service(asio::any_io_executor executor, Timers& timers, ServiceSettings settings, const LogHub& hub);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Opens the state folder (makes it and the own authority on the first start), takes rooms of the last
    /// run over, listens. Blocks for the disk. After a failure stop() is still to be awaited.
    /// @errors bad_config (dev mode on an address of the network, certificate files, names), io (state
    /// folder, port, another service on the same folder), wrong_state (database of a newer version)
    [[nodiscard]] Result<void> start();
    /// Ends everything: channels with 1001. Rooms stay on disk for the next start.
    asio::awaitable<void> stop();

    // After start():
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// "https://127.0.0.1:8443": how a device in this process dials it.
    [[nodiscard]] std::string url() const;
    /// What a device must trust; empty when the certificate was given.
    [[nodiscard]] std::filesystem::path ca_file() const;

    // For the demo in the daemon's process, and for tests: products, tickets, users, grants. Call changed()
    // afterwards, so that channels close and contacts are told at once (else within a second).
    [[nodiscard]] registry::Registry& registry() noexcept;
    void changed();
    [[nodiscard]] bool is_online(const rooms::Member& member) const;
    [[nodiscard]] std::size_t rooms() const noexcept;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::service
