#include "hal/linux/node_watch.hpp"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace voip::hal::linux {

NodeWatch::NodeWatch(asio::any_io_executor executor, Log log)
    : executor_(std::move(executor)),
      log_(std::move(log)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!inotify_) {
        log_.warning("no news of device nodes", kv("why", std::generic_category().message(errno)));
        return;
    }
    readable_ = std::make_unique<Readable>(executor_, inotify_.get(), [this] { read(); });
}

void NodeWatch::add(const std::string& folder) {
    if (folders_.insert(folder).second) watch_all();
}

// Watching a folder again changes nothing, so all are watched again whenever something happened: a folder may
// have come, or gone and come again.
void NodeWatch::watch_all() {
    constexpr auto mask = IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR;
    if (!inotify_) return;
    for (const std::string& wanted : folders_)
        for (std::filesystem::path folder = wanted;; folder = folder.parent_path())
            if (::inotify_add_watch(inotify_.get(), folder.c_str(), mask) >= 0 || !folder.has_relative_path())
                break;
}

NodeWatch::Id NodeWatch::subscribe(std::function<void()> news) {
    subscribers_.emplace(++last_id_, std::move(news));
    return last_id_;
}

void NodeWatch::read() {
    alignas(inotify_event) std::array<char, 4096> buffer;
    bool any = false;
    while (::read(inotify_.get(), buffer.data(), buffer.size()) > 0) any = true;  // that it was is enough
    if (!any) return;
    watch_all();
    std::vector<Id> ids;
    for (const auto& [id, news] : subscribers_) ids.push_back(id);
    const std::weak_ptr<const bool> alive = alive_;
    for (const Id id : ids) {
        if (alive.expired()) return;  // a subscriber gave the whole board up
        const auto found = subscribers_.find(id);
        if (found == subscribers_.end()) continue;
        const auto news = found->second;
        news();
    }
}

}  // namespace voip::hal::linux
