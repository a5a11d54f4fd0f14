#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace voip {

namespace asio = boost::asio;
using boost::system::error_code;

/// The token of every Asio call: errors arrive as values, `auto [ec, n] = co_await ...(use_result)`.
inline constexpr auto use_result = asio::as_tuple(asio::use_awaitable);

}  // namespace voip
