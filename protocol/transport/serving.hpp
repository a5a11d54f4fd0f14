#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <utility>

#include "core/json.hpp"
#include "protocol/fault.hpp"

namespace voip::transport {

namespace asio = boost::asio;

/// What became of a request: its answer (an error is a Fault), or the work that ends with one. Made from
/// either; exactly one of the two is there. An answer at once costs no coroutine.
struct Serving {
    std::optional<Answer<json::Value>> now;
    std::optional<asio::awaitable<Answer<json::Value>>> later;

    Serving(Answer<json::Value> answer) : now(std::move(answer)) {}
    Serving(asio::awaitable<Answer<json::Value>> work) : later(std::move(work)) {}
};

}  // namespace voip::transport
