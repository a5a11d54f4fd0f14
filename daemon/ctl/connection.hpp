#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "daemon/ctl/deadline.hpp"
#include "protocol/fault.hpp"
#include "protocol/rpc/codec.hpp"

namespace voip::ctl {

/// A client of the local API that waits in poll(): a short-lived program needs no loop.
/// Errors of all functions: timeout (the deadline), refused (the daemon closed because of our role), closed
/// (it closed or went away; the context has its reason), bad_message, or the system's code.
class Connection {
 public:
    /// The first place of the list where a daemon answers.
    /// @errors unreachable with every place and why; timeout
    [[nodiscard]] static Result<Connection> open(const std::vector<std::filesystem::path>& places,
                                                 const Deadline& deadline);
    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&&) = delete;
    ~Connection();

    /// Asks and waits for the answer. Notifications that come before it are kept for next().
    [[nodiscard]] Reply call(std::string_view method, const json::Value& params, const Deadline& deadline);
    /// The next notification; without a deadline it waits as long as the daemon lives.
    [[nodiscard]] Result<rpc::Notification> next(const Deadline* deadline = nullptr);

 private:
    explicit Connection(int fd) noexcept : fd_(fd) {}
    [[nodiscard]] Result<void> send(std::string line, const Deadline& deadline);
    [[nodiscard]] Result<std::string> receive(const Deadline* deadline);
    [[nodiscard]] Result<rpc::Message> receive_message(const Deadline* deadline);
    [[nodiscard]] Error why_closed() const;
    void note_closing(const rpc::Notification& heard);

    int fd_;
    std::string in_;
    std::size_t searched_ = 0;  // no line break in front of this place
    std::int64_t last_id_ = 0;
    std::deque<rpc::Notification> heard_;
    std::string closing_;  // the reason of api.closing
};

}  // namespace voip::ctl
