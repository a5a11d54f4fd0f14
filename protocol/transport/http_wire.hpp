#pragma once
// Private to protocol/transport: HTTP/1.1 messages from and to bytes. Pure; Beast's parser stays in the .cpp.
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "protocol/transport/http.hpp"

namespace voip::transport {

enum class Reading {
    more,      ///< add bytes
    complete,  ///< take the message
    failed,    ///< see status(); the connection is of no more use
};

/// Requests out of a byte stream, one after the other. Sizes are limited as protocol/limits.hpp says.
class RequestReader {
 public:
    RequestReader();
    ~RequestReader();

    Reading add(std::string_view bytes);
    /// True once a byte of the present request has come: a time-out then deserves an answer.
    [[nodiscard]] bool started() const noexcept;
    [[nodiscard]] bool header_done() const noexcept;
    /// True once per request: its header is complete, its body is not, and the peer waits for "100 Continue".
    [[nodiscard]] bool wants_continue() noexcept;
    /// After failed: the answer the peer should get (400, 413, 414, 417, 431, 505).
    [[nodiscard]] unsigned status() const noexcept;

    /// After complete.
    [[nodiscard]] bool keeps_alive() const noexcept;
    [[nodiscard]] bool is_upgrade() const noexcept;  ///< asks for a WebSocket
    [[nodiscard]] HttpRequest take();
    /// Goes on with the bytes that came behind the message.
    Reading next();
    [[nodiscard]] bool has_rest() const noexcept;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// One response. Interim ones (1xx) are passed over.
class ResponseReader {
 public:
    explicit ResponseReader(bool to_head);  ///< an answer to HEAD has no body
    ~ResponseReader();

    Reading add(std::string_view bytes);
    /// The stream has ended: completes a body without a length.
    Reading end();
    /// After failed. @errors bad_message, too_large
    [[nodiscard]] Error error() const;
    [[nodiscard]] HttpResponse take();

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Host, Content-Length and Connection are filled in. @errors bad_message: a name, value or target that would
/// break the message apart; too_large
[[nodiscard]] Result<std::string> write_request(const HttpRequest& request, std::string_view host);

struct ResponseForm {
    UnixMillis date = 0;
    bool keep_alive = true;
    bool without_body = false;  ///< the answer to HEAD: the length stands, the body does not
};
/// Date, Content-Length and Connection are filled in; headers that would break the message apart are left
/// out.
[[nodiscard]] std::string write_response(const HttpResponse& response, const ResponseForm& form);

/// True when name and value can stand in a message.
[[nodiscard]] bool is_header(const Header& header) noexcept;

}  // namespace voip::transport
