#include "protocol/transport/https_client.hpp"

#include <array>
#include <boost/asio/this_coro.hpp>

#include "core/tokens.hpp"
#include "protocol/transport/deadline.hpp"
#include "protocol/transport/dial.hpp"
#include "protocol/transport/http_wire.hpp"

namespace voip::transport {
namespace {

asio::awaitable<Result<HttpResponse>> exchange(TlsStream stream, std::string text, bool to_head) {
    const auto unsent = co_await write_all(stream, std::move(text));
    if (unsent) co_return stream.explain(unsent);
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    ResponseReader reader(to_head);
    std::array<char, 4096> buffer{};
    Reading state = Reading::more;
    while (state == Reading::more) {
        if (is_cancelled(cancelled)) co_return fail(Errc::cancelled);
        const auto space = asio::buffer(buffer);
        const auto [ec, count] = co_await stream.async_read_some(space, use_result);
        if (ec == asio::error::eof)
            state = reader.end();
        else if (ec)
            co_return stream.explain(ec);
        else
            state = reader.add({buffer.data(), count});
    }
    if (state == Reading::failed) co_return reader.error();
    if (!is_cancelled(cancelled))
        co_await stream.async_shutdown(use_result);  // best effort: the answer is here
    co_return reader.take();
}

}  // namespace

asio::awaitable<Result<HttpResponse>> https_request(Timers& timers, TlsClientContext tls, Url url,
                                                    HttpRequest request, TimePoint deadline) {
    if (request.target == "/") request.target = url.path;
    const std::string host = url.authority();
    auto text = write_request(request, host);
    if (!text) co_return text.error();
    auto dialling = dial(timers, std::move(tls), std::move(url), deadline);
    auto stream = co_await std::move(dialling);
    if (!stream) co_return stream.error();
    Deadline limit(timers, [connection = *stream]() mutable { connection.cut(); });
    limit.set(deadline);
    auto exchanging = exchange(*stream, std::move(*text), request.method == "HEAD");
    auto answer = co_await std::move(exchanging);
    limit.clear();
    stream->cut();
    if (!answer && limit.passed()) co_return fail(Errc::timeout, host + ": waiting for the answer");
    if (!answer) co_return within(host, answer.error());
    co_return answer;
}

}  // namespace voip::transport
