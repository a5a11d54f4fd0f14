#include "daemon/media/signal_queue.hpp"

#include <utility>

namespace voip::media::host {

std::string_view signal_type(const json::Value& body) noexcept {
    const json::Value* type = body.find("type");
    const std::string* text = type ? type->as_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

bool SignalQueue::push(json::Value body) {
    if (signal_type(body) == "offer") clear();
    const std::size_t bytes = json::write(body).size();
    if (overflowed_ || bodies_.size() >= most_ || bytes_ + bytes > most_bytes_) {
        overflowed_ = true;
        return false;
    }
    bytes_ += bytes;
    bodies_.push_back(std::move(body));
    return true;
}

std::deque<json::Value> SignalQueue::take() {
    auto bodies = std::exchange(bodies_, {});
    clear();
    return bodies;
}

void SignalQueue::clear() {
    bodies_.clear();
    bytes_ = 0;
    overflowed_ = false;
}

}  // namespace voip::media::host
