#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/timers.hpp"
#include "service/registry/registry.hpp"

/// What the operator can order, the same whether the service runs or not. No sockets.
namespace voip::service::admin {

/// What a verb says: for standard output, for standard error, and how the program ends.
struct Outcome {
    int exit_code = 0;  ///< 0 done, 1 refused or failed, 2 usage
    std::string out;    ///< whole lines
    std::string err;    ///< whole lines
};

struct Context {
    registry::Registry& registry;
    UnixMillis now = 0;
    /// Has this device a channel now? Empty when the service does not run.
    std::function<bool(const std::string& sn)> is_online;
};

/// `arguments` after "admin" and its options: {"user", "add", "anna"}.
[[nodiscard]] Outcome run(const Context& context, std::span<const std::string> arguments);
/// All verbs, one per line, with what they do.
[[nodiscard]] std::string usage();

}  // namespace voip::service::admin
