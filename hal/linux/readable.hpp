#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

namespace voip::hal::linux {

namespace asio = boost::asio;

/// Calls `ready` from the loop whenever a descriptor can be read or has an error, until destroyed (also from
/// inside the call). The descriptor stays its owner's and must outlive this object.
/// @thread loop only
class Readable {
 public:
    /// @param ready  must take what is there: it is called again for what comes later, not for what was left
    Readable(asio::any_io_executor executor, int fd, std::function<void()> ready);
    ~Readable();
    Readable(const Readable&) = delete;
    Readable& operator=(const Readable&) = delete;

 private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the pending wait, which may end after us
};

}  // namespace voip::hal::linux
