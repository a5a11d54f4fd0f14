#include "protocol/transport/http_wire.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "protocol/limits.hpp"

namespace voip::transport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

template <class Fields>
std::vector<Header> headers_of(const Fields& fields) {
    std::vector<Header> all;
    for (const auto& field : fields)
        all.push_back(Header{std::string(view(field.name_string())), std::string(view(field.value()))});
    return all;
}

// The shortest end of a chunked body, "0\r\n\r\n". Beast 1.81 asserts that a last chunk is not shown to it in
// smaller pieces; so much is still to come anyway while the body is not complete.
constexpr std::size_t last_chunk_bytes = 5;

/// Feeds the parser from a buffer that holds what it has not taken yet.
template <class Parser>
error_code feed(Parser& parser, std::string& buffer) {
    error_code ec;
    while (!parser.is_done() && !buffer.empty()) {
        if (parser.is_header_done() && parser.chunked() && buffer.size() < last_chunk_bytes) break;
        const std::size_t used = parser.put(asio::buffer(buffer), ec);
        buffer.erase(0, used);
        if (ec) break;
    }
    return ec == http::error::need_more ? error_code() : ec;
}

unsigned status_of(error_code ec, bool in_target) {
    if (ec == http::error::header_limit) return in_target ? 414 : 431;
    if (ec == http::error::body_limit) return 413;
    if (ec == http::error::bad_version) return 505;
    return 400;
}

bool is_token_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

void append(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

void append_given(std::string& text, const std::vector<Header>& headers) {
    // The framing is ours alone.
    static constexpr std::string_view ours[] = {"content-length", "transfer-encoding", "connection", "date",
                                                "host"};
    for (const Header& header : headers) {
        const bool is_ours = std::any_of(std::begin(ours), std::end(ours),
                                         [&](std::string_view name) { return same_name(name, header.name); });
        if (!is_ours && is_header(header)) append(text, header.name, header.value);
    }
}

}  // namespace

bool is_header(const Header& header) noexcept {
    const auto good = [](unsigned char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; };
    return is_token(header.name) && std::all_of(header.value.begin(), header.value.end(), good);
}

// --- requests

struct RequestReader::Impl {
    using Parser = http::request_parser<http::string_body>;

    Impl() { renew(); }
    void renew() {
        parser.emplace();
        parser->eager(true);
        parser->header_limit(limits::http_header_bytes);
        parser->body_limit(limits::http_body_bytes);
        checked = continued = false;
        started = !buffer.empty();
    }
    Reading read();
    /// What Beast leaves to us, once the header is there. 0: fine.
    [[nodiscard]] unsigned check() const;

    std::optional<Parser> parser;
    std::string buffer;
    bool started = false;
    bool checked = false;
    bool continued = false;
    unsigned status = 0;
};

unsigned RequestReader::Impl::check() const {
    const auto& message = parser->get();
    // Names of the framing that stand there twice are how requests are smuggled past proxies.
    if (message.count(http::field::content_length) + message.count(http::field::transfer_encoding) > 1)
        return 400;
    if (const auto coding = message.find(http::field::transfer_encoding); coding != message.end()) {
        if (message.version() < 11) return 400;
        // A coding that we do not know leaves the body's end unknown.
        if (!boost::beast::iequals(coding->value(), "chunked")) return 501;
    }
    if (message.version() >= 11 && message.count(http::field::host) != 1) return 400;
    const auto expect = message[http::field::expect];
    return expect.empty() || boost::beast::iequals(expect, "100-continue") ? 0 : 417;
}

Reading RequestReader::Impl::read() {
    if (status != 0) return Reading::failed;
    const error_code ec = feed(*parser, buffer);
    if (ec) status = status_of(ec, parser->get().target().empty());  // the request line is taken first
    if (status == 0 && parser->is_header_done() && !checked) {
        checked = true;
        status = check();
    }
    if (status != 0) return Reading::failed;
    return parser->is_done() ? Reading::complete : Reading::more;
}

RequestReader::RequestReader() : impl_(std::make_unique<Impl>()) {}
RequestReader::~RequestReader() = default;

Reading RequestReader::add(std::string_view bytes) {
    impl_->buffer.append(bytes);
    impl_->started = impl_->started || !bytes.empty();
    return impl_->read();
}

bool RequestReader::started() const noexcept {
    return impl_->started;
}

bool RequestReader::header_done() const noexcept {
    return impl_->parser->is_header_done();
}

bool RequestReader::wants_continue() noexcept {
    const auto& parser = *impl_->parser;
    if (impl_->continued || !parser.is_header_done() || parser.is_done()) return false;
    impl_->continued = true;
    return parser.get().version() >= 11 && parser.get().count(http::field::expect) > 0;
}

unsigned RequestReader::status() const noexcept {
    return impl_->status;
}

bool RequestReader::keeps_alive() const noexcept {
    return impl_->parser->get().keep_alive();
}

bool RequestReader::is_upgrade() const noexcept {
    return boost::beast::websocket::is_upgrade(impl_->parser->get());
}

HttpRequest RequestReader::take() {
    auto message = impl_->parser->release();
    HttpRequest request;
    request.method = view(message.method_string());
    request.target = view(message.target());
    request.headers = headers_of(message);
    request.body = std::move(message.body());
    return request;
}

Reading RequestReader::next() {
    impl_->renew();
    return impl_->buffer.empty() ? Reading::more : impl_->read();
}

bool RequestReader::has_rest() const noexcept {
    return !impl_->buffer.empty();
}

// --- responses

struct ResponseReader::Impl {
    explicit Impl(bool head) : to_head(head) { renew(); }
    void renew() {
        parser.emplace();
        parser->eager(true);
        parser->header_limit(limits::http_header_bytes);
        parser->body_limit(limits::http_body_bytes);
        parser->skip(to_head);
    }
    Reading read();

    std::optional<http::response_parser<http::string_body>> parser;
    std::string buffer;
    bool to_head;
    error_code ec;
};

Reading ResponseReader::Impl::read() {
    for (;;) {
        if (!ec) ec = feed(*parser, buffer);
        if (ec) return Reading::failed;
        if (!parser->is_done()) return Reading::more;
        const unsigned status = parser->get().result_int();
        if (status >= 200 || status == 101) return Reading::complete;
        renew();
        if (buffer.empty()) return Reading::more;
    }
}

ResponseReader::ResponseReader(bool to_head) : impl_(std::make_unique<Impl>(to_head)) {}
ResponseReader::~ResponseReader() = default;

Reading ResponseReader::add(std::string_view bytes) {
    impl_->buffer.append(bytes);
    return impl_->read();
}

Reading ResponseReader::end() {
    if (!impl_->parser->got_some())
        impl_->ec = http::error::end_of_stream;
    else
        impl_->parser->put_eof(impl_->ec);
    return impl_->ec ? Reading::failed : Reading::complete;
}

Error ResponseReader::error() const {
    const bool large = impl_->ec == http::error::body_limit || impl_->ec == http::error::header_limit;
    return fail(large ? Errc::too_large : Errc::bad_message, "HTTP answer: " + impl_->ec.message());
}

HttpResponse ResponseReader::take() {
    auto message = impl_->parser->release();
    HttpResponse response;
    response.status = message.result_int();
    response.headers = headers_of(message);
    response.body = std::move(message.body());
    return response;
}

// --- writing

Result<std::string> write_request(const HttpRequest& request, std::string_view host) {
    const auto plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!is_token(request.method) || !request.target.starts_with('/') ||
        !std::all_of(request.target.begin(), request.target.end(), plain))
        return fail(Errc::bad_message, "not a method or a target of a request");
    if (!std::all_of(request.headers.begin(), request.headers.end(), is_header))
        return fail(Errc::bad_message, "a request's header holds a character that cannot stand there");
    if (request.body.size() > limits::http_body_bytes) return fail(Errc::too_large, "request body");
    std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
    append(text, "Host", host);
    append_given(text, request.headers);
    if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD"))
        append(text, "Content-Length", std::to_string(request.body.size()));
    append(text, "Connection", "close");
    return text.append("\r\n").append(request.body);
}

std::string write_response(const HttpResponse& response, const ResponseForm& form) {
    const auto reason = http::obsolete_reason(http::int_to_status(response.status));
    std::string text =
        "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(view(reason)) + "\r\n";
    append(text, "Date", http_date(form.date));
    append_given(text, response.headers);
    const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
    if (has_body) append(text, "Content-Length", std::to_string(response.body.size()));
    if (response.status >= 200) append(text, "Connection", form.keep_alive ? "keep-alive" : "close");
    text.append("\r\n");
    if (has_body && !form.without_body) text.append(response.body);
    return text;
}

}  // namespace voip::transport
