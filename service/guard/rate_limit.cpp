#include "service/guard/rate_limit.hpp"

#include <algorithm>

namespace voip::service {

RateLimit::Happenings* RateLimit::current(std::string_view key, TimePoint now) {
    const auto found = keys_.find(key);
    if (found == keys_.end()) return nullptr;
    Happenings& happenings = found->second;
    while (!happenings.empty() && now - happenings.front() >= settings_.window) happenings.pop_front();
    if (!happenings.empty()) return &happenings;
    keys_.erase(found);
    return nullptr;
}

bool RateLimit::is_spent(std::string_view key, TimePoint now) {
    const Happenings* happenings = current(key, now);
    return happenings && happenings->size() >= settings_.limit;
}

void RateLimit::count(std::string_view key, TimePoint now) {
    if (!current(key, now)) make_room(now);
    Happenings& happenings = keys_[std::string(key)];
    if (happenings.size() >= settings_.limit && !happenings.empty()) happenings.pop_front();
    happenings.push_back(now);
}

bool RateLimit::take(std::string_view key, TimePoint now) {
    if (is_spent(key, now)) return false;
    count(key, now);
    return true;
}

void RateLimit::forgive(std::string_view key) {
    if (const auto found = keys_.find(key); found != keys_.end()) keys_.erase(found);
}

Duration RateLimit::wait(std::string_view key, TimePoint now) {
    const Happenings* happenings = current(key, now);
    if (!happenings || happenings->size() < settings_.limit) return Duration::zero();
    return happenings->front() + settings_.window - now;
}

void RateLimit::make_room(TimePoint now) {
    if (keys_.size() < settings_.max_keys) return;
    std::erase_if(keys_, [&](const auto& entry) { return now - entry.second.back() >= settings_.window; });
    if (keys_.size() < settings_.max_keys) return;
    keys_.erase(std::min_element(keys_.begin(), keys_.end(), [](const auto& a, const auto& b) {
        return a.second.back() < b.second.back();
    }));
}

}  // namespace voip::service
