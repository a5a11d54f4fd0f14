#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/log.hpp"
#include "hal/linux/fd.hpp"
#include "hal/linux/readable.hpp"

namespace voip::hal::linux {

/// News about folders of device nodes: something was made or removed there, or got other permissions (udev
/// gives them a moment after the node is made). A folder that does not exist yet is watched for in its
/// nearest parent. Without inotify there are no news, only a warning: devices are then looked for once in
/// a while.
/// @thread loop only
class NodeWatch {
 public:
    using Id = std::uint64_t;  ///< 0 is never a subscription

    NodeWatch(asio::any_io_executor executor, Log log);
    NodeWatch(const NodeWatch&) = delete;
    NodeWatch& operator=(const NodeWatch&) = delete;

    /// @param folder  absolute
    void add(const std::string& folder);
    /// `news` is called from the loop, once for many things that happened together; it may unsubscribe.
    Id subscribe(std::function<void()> news);
    void unsubscribe(Id id) noexcept { subscribers_.erase(id); }

 private:
    void watch_all();
    void read();

    asio::any_io_executor executor_;
    Log log_;
    Fd inotify_;
    std::set<std::string> folders_;
    std::map<Id, std::function<void()>> subscribers_;
    Id last_id_ = 0;
    std::unique_ptr<Readable> readable_;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace voip::hal::linux
