#include "hal/linux/av/unit_maker.hpp"

#include <algorithm>
#include <array>

namespace voip::hal::linux {
namespace {

constexpr std::array<std::byte, 4> start_code{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};

void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

void UnitMaker::keep(std::vector<std::byte>& place, std::span<const std::byte> nal) {
    place.assign(start_code.begin(), start_code.end());
    append(place, nal);
}

std::optional<AccessUnit> UnitMaker::make(std::span<const std::byte> bytes, TimePoint captured) {
    // The camera's memory is copied before it is looked at: some drivers write into it again at any time.
    auto own = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
    const auto nals = h264::split(*own);
    const auto has = [&nals](h264::NalType type) {
        return std::ranges::find(nals, type, &h264::Nal::type) != nals.end();
    };
    learn(nals);
    const bool idr = has(h264::NalType::idr);
    if (!idr && !has(h264::NalType::slice)) return std::nullopt;
    const bool complete = h264::is_key(*own);
    const bool key = complete || (idr && !sps_.empty() && !pps_.empty());
    if (!begun_ && !key) return std::nullopt;
    begun_ = true;
    if ((key && !complete) || has(h264::NalType::delimiter)) own = rebuild(nals, key && !complete);
    return AccessUnit{own, std::span<const std::byte>(*own), key, captured};
}

void UnitMaker::learn(std::span<const h264::Nal> nals) {
    for (const h264::Nal& nal : nals) {
        if (nal.type == h264::NalType::pps) keep(pps_, nal.bytes);
        if (nal.type != h264::NalType::sps) continue;
        keep(sps_, nal.bytes);
        const auto sps = h264::read_sps(nal.bytes);
        if (sps && !sps->constrained_baseline())
            complaint_ = "profile " + std::to_string(sps->profile) + ", not constrained baseline";
    }
}

std::shared_ptr<std::vector<std::byte>> UnitMaker::rebuild(std::span<const h264::Nal> nals,
                                                           bool with_parameters) const {
    auto made = std::make_shared<std::vector<std::byte>>();
    if (with_parameters) {
        append(*made, sps_);
        append(*made, pps_);
    }
    for (const h264::Nal& nal : nals) {
        if (nal.type == h264::NalType::delimiter) continue;  // it would have to stand before the parameters
        append(*made, start_code);
        append(*made, nal.bytes);
    }
    return made;
}

std::string UnitMaker::complaint() {
    if (complained_ || complaint_.empty()) return {};
    complained_ = true;
    return complaint_;
}

}  // namespace voip::hal::linux
