#pragma once
// Private to protocol/transport: from a URL to a TLS connection.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/timers.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "protocol/transport/url.hpp"

namespace voip::transport {

/// The addresses of a host; an address is its own, and "localhost" is 127.0.0.1 and ::1. The system's
/// resolver runs in a thread of its own, which is left alone when nobody waits any more: neither a deadline
/// nor the end of the program waits for a dead name server.
/// @errors unreachable (with the resolver's words), timeout, cancelled
asio::awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> resolve(Timers& timers, std::string host,
                                                                      std::uint16_t port, TimePoint deadline);

/// Resolves, connects (one address after the other, each with a fair share of the time), shakes hands.
/// @errors unreachable, refused (the certificate, or no TLS there), timeout, cancelled
asio::awaitable<Result<TlsStream>> dial(Timers& timers, TlsClientContext tls, Url url, TimePoint deadline);

}  // namespace voip::transport
