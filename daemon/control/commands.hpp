#pragma once
#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <string_view>

#include "daemon/call/calls.hpp"
#include "daemon/control/hub.hpp"
#include "daemon/control/ports.hpp"
#include "daemon/control/roles.hpp"
#include "protocol/fault.hpp"
#include "protocol/transport/serving.hpp"

/// The methods of the local API: one sorted table, role and shape checked before a handler runs.
namespace voip::control {

/// The daemon as the API sees it. Everything must outlive the server.
struct Ports {
    call::Calls& calls;
    ContactsPort& contacts;
    HistoryPort& history;
    DevicePort& device;
    BoardPort& board;
    OperationPort& operation;
};

/// What a handler may reach: the daemon, and the client who asks (for room.subscribe).
struct Context {
    Ports& ports;
    Hub& hub;
    Subscriber& client;
    const std::string& who;  ///< "uid:1000"; the client's own
};

struct Command {
    /// Answers at once ...
    using Now = Answer<json::Value> (*)(Context& context, const json::Value& params);
    /// ... or later, bounded by deadlines of the part that does the work. One of the two is set.
    using Later = asio::awaitable<Answer<json::Value>> (*)(Context context, json::Value params);

    std::string_view name;
    Role role;
    Now now;
    Later later;
};

/// Sorted by name. protocol/README.md, "Local API", lists the same; a test compares the two.
[[nodiscard]] std::span<const Command> commands() noexcept;
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;

/// Finds the method (-32601), checks the role (4030) and the shape (-32602: params is neither an object nor
/// absent), and runs it: what needs no waiting is done when this returns. Cancellable without effect on the
/// call.
[[nodiscard]] transport::Serving perform(Context context, Role role, std::string_view method,
                                         json::Value params);

}  // namespace voip::control
