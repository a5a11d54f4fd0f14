#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.hpp"
#include "core/json.hpp"
#include "protocol/fault.hpp"

namespace voip::rpc {

/// An id as the peer wrote it: integer or string (limits::rpc_id_bytes); ours are integers.
using Id = std::variant<std::int64_t, std::string>;

struct Request {
    Id id;
    std::string method;
    json::Value params;  ///< object, array, or null when absent
};
struct Notification {
    std::string method;
    json::Value params;
};
struct Success {
    Id id;
    json::Value result;
};
struct Failure {
    std::optional<Id> id;  ///< absent when the peer could not read ours (id null)
    Fault fault;
};
struct Message {
    std::variant<Request, Notification, Success, Failure> what;
};

/// JSON-RPC's own faults; everything else in `code` is the plugin's.
enum : int {
    parse_error = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_params = -32602,
    internal_error = -32603
};

/// Any bytes are safe. Batches are refused (nothing here needs them, and they defeat the size limits).
/// @errors Fault parse_error or invalid_request, ready to be sent back; `id` is set when it could be read
struct Undecodable {
    Fault fault;
    std::optional<Id> id;
};
[[nodiscard]] boost::system::result<Message, Undecodable> decode(std::string_view text);

/// Messages as single lines without a line break at the end.
[[nodiscard]] std::string write_request(const Id& id, std::string_view method, const json::Value& params);
[[nodiscard]] std::string write_notification(std::string_view method, const json::Value& params);
[[nodiscard]] std::string write_success(const Id& id, const json::Value& result);
[[nodiscard]] std::string write_failure(const std::optional<Id>& id, const Fault& fault);

}  // namespace voip::rpc
