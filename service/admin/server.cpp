#include "service/admin/server.hpp"

#include <unistd.h>

#include "protocol/errors.hpp"
#include "protocol/rpc/codec.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::service::admin {

Server::Server(asio::any_io_executor executor, Timers& timers, Run run, Log log)
    : timers_(timers),
      run_(std::move(run)),
      log_(log),
      server_(
          std::move(executor), timers,
          [this](std::unique_ptr<transport::MessageStream> stream, transport::PeerCredentials credentials) {
              return serve(std::move(stream), std::move(credentials));
          },
          log) {}

asio::awaitable<void> Server::serve(std::unique_ptr<transport::MessageStream> stream,
                                    transport::PeerCredentials credentials) {
    if (credentials.uid != 0 && credentials.uid != ::geteuid()) {
        log_.warning("operator refused", kv("uid", credentials.uid));
        stream->abort();
        co_return;
    }
    auto on_request = [this](std::string method, json::Value params) {
        return answer(std::move(method), std::move(params));
    };
    const auto peer =
        transport::RpcPeer::make(std::move(stream), timers_, {}, std::move(on_request), {}, log_);
    (void)co_await peer->run();
}

asio::awaitable<Answer<json::Value>> Server::answer(std::string method, json::Value params) {
    const Fault unknown{rpc::method_not_found, "unknown method", {}, {}};
    if (method != "admin.run") co_return unknown;
    const json::Value* member = params.find("arguments");
    const json::Array* list = member ? member->as_array() : nullptr;
    const Fault wrong{code::argument, "arguments must be a list of text", "arguments", {}};
    if (!list) co_return wrong;
    std::vector<std::string> arguments;
    for (const json::Value& item : *list) {
        const std::string* text = item.as_string();
        if (!text) co_return wrong;
        arguments.push_back(*text);
    }
    // The first two words name the order; what follows may be a secret.
    const std::size_t words = std::min<std::size_t>(arguments.size(), 2);
    std::string order;
    for (std::size_t i = 0; i < words; ++i) order += (i == 0 ? "" : " ") + arguments[i];
    const Outcome outcome = run_(std::move(arguments));
    log_.notice("operator's order", kv("order", order), kv("exit_code", outcome.exit_code));
    json::Value result;
    result.set("exitCode", outcome.exit_code).set("out", outcome.out).set("err", outcome.err);
    co_return result;
}

}  // namespace voip::service::admin
