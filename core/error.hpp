#pragma once
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace voip {

/// What we or the network could not do. What a peer *answered* is a protocol::Fault, never one of these.
enum class Errc {
    timeout = 1,  ///< a deadline passed
    bad_message,  ///< foreign input is not what its contract says
    too_large,    ///< a size limit of protocol/limits.hpp was passed
    bad_config,   ///< configuration or command line
    wrong_state,  ///< the operation is not possible now
    cancelled,    ///< the owner stopped it; not a fault during shutdown
    closed,       ///< the connection or queue has ended
    unreachable,  ///< name, route, connect: the peer could not be reached
    refused,      ///< the peer or the kernel said no (permission, HTTP status, TLS verification)
    not_found,    ///< no such thing
    full,         ///< a bounded queue or table has no place
    io,           ///< a file or device failed
    device_gone,  ///< a device vanished
};

const boost::system::error_category& voip_category() noexcept;
boost::system::error_code make_error_code(Errc code) noexcept;

/// A code for programs and a sentence for people. The sentence never holds a secret.
struct Error {
    boost::system::error_code code;
    std::string context;

    [[nodiscard]] bool is(Errc which) const noexcept { return code == make_error_code(which); }
    /// "context: text of the code", or the text alone.
    [[nodiscard]] std::string text() const;
};

/// Value or Error. Use only bool, *, ->, value(), error(): what std::expected has too.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
    using boost::system::result<T, Error>::result;
};

[[nodiscard]] Error fail(Errc code, std::string context = {});
[[nodiscard]] Error fail(boost::system::error_code code, std::string context = {});
/// The same error, its context prefixed by "where: ".
[[nodiscard]] Error within(std::string_view where, Error cause);

/// Needed by Result::value() on an error; reaching it is a bug of the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace voip

template <>
struct boost::system::is_error_code_enum<voip::Errc> : std::true_type {};
