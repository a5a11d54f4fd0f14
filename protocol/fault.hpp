#pragma once
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/error.hpp"
#include "core/json.hpp"

namespace voip {

/// What a peer answered instead of a result: the JSON-RPC error, whose code is the plugin's errCode.
/// Kept apart from Error (what we or the network could not do): see core/error.hpp.
struct Fault {
    int err_code = 0;
    std::string err_msg;
    std::string field;  ///< path of the member at fault ("caller.id"), empty when none is
    json::Value data;   ///< further members of the error's data (server time and the like); null when none

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// Fault 1004: that member of the request is not what its contract says.
[[nodiscard]] Fault wrong_argument(std::string_view field, std::string why);

/// Value or Fault: what a request handler returns.
template <class T>
class [[nodiscard]] Answer : public boost::system::result<T, Fault> {
 public:
    using boost::system::result<T, Fault>::result;
};
[[noreturn]] void throw_exception_from_error(const Fault& fault, const boost::source_location& where);

/// Outcome of asking a peer: its result, its Fault, or our Error; exactly one of the three.
template <class T>
struct Outcome {
    std::variant<T, Fault, Error> what;

    [[nodiscard]] const T* result() const noexcept { return std::get_if<T>(&what); }
    [[nodiscard]] const Fault* fault() const noexcept { return std::get_if<Fault>(&what); }
    [[nodiscard]] const Error* error() const noexcept { return std::get_if<Error>(&what); }
};
using Reply = Outcome<json::Value>;

}  // namespace voip
