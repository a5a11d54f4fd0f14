#include "daemon/media/program/picture_gate.hpp"

#include <utility>

namespace voip::media {

std::vector<hal::AccessUnit> PictureGate::on_picture(hal::AccessUnit unit) {
    std::vector<hal::AccessUnit> out;
    if (!open_) {
        keep(std::move(unit));
        return out;
    }
    begun_ = begun_ || unit.key;
    if (begun_) out.push_back(std::move(unit));
    return out;
}

std::vector<hal::AccessUnit> PictureGate::open() {
    if (open_) return {};
    open_ = true;
    begun_ = !kept_.empty();
    auto out = std::exchange(kept_, {});
    forget();
    return out;
}

void PictureGate::close() noexcept {
    open_ = begun_ = false;
    forget();
}

void PictureGate::reset() noexcept {
    begun_ = false;
    forget();
}

void PictureGate::keep(hal::AccessUnit unit) {
    if (unit.key) forget();
    if (!unit.key && kept_.empty()) return;  // nothing to begin with
    kept_bytes_ += unit.bytes.size();
    kept_.push_back(std::move(unit));
    if (kept_.size() > max_pictures || kept_bytes_ > max_bytes) forget();
}

void PictureGate::forget() noexcept {
    kept_.clear();
    kept_bytes_ = 0;
}

}  // namespace voip::media
