#pragma once
#include <boost/asio/ip/tcp.hpp>

namespace voip::transport {

/// What the connections of a call daemon ask of TCP: a small message leaves at once, and a lost one is sent
/// again each time after the same short while, not after twice as long each time (the kernel does so for six
/// losses in a row, and only while little is under way). An option that the kernel lacks is gone without.
/// @source tcp(7); the kernel's Documentation/networking/tcp-thin.rst
void set_for_messages(boost::asio::ip::tcp::socket& socket) noexcept;

}  // namespace voip::transport
