#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "core/timers.hpp"
#include "protocol/transport/message_stream.hpp"

namespace voip::bench {

/// Logs a user in by name (a service with --dev) and opens the user's channel; exits with a message when that
/// is not possible.
/// @param ca  file that the service's certificate is checked with
[[nodiscard]] asio::awaitable<std::unique_ptr<transport::MessageStream>> open_channel(Timers& timers,
                                                                                      std::string url,
                                                                                      std::string ca,
                                                                                      std::string name);

}  // namespace voip::bench
