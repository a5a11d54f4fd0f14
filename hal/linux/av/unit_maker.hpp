#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "hal/camera.hpp"
#include "hal/h264/h264.hpp"

namespace voip::hal::linux {

/// Makes what a call wants of what a camera that encodes gives: nothing before the first key picture, SPS and
/// PPS before each one (cameras may send them once), pictures alone. Pure.
class UnitMaker {
 public:
    /// @param bytes  one picture of the camera, Annex B
    /// @return nothing: this one is not sent (no picture in it, or no key picture has come yet)
    [[nodiscard]] std::optional<AccessUnit> make(std::span<const std::byte> bytes, TimePoint captured);
    /// A stream that a decoder of calls may refuse is told once. @return empty: nothing (new) to say
    [[nodiscard]] std::string complaint();
    /// The stream begins anew.
    void reset() noexcept { begun_ = false; }

 private:
    static void keep(std::vector<std::byte>& place, std::span<const std::byte> nal);
    void learn(std::span<const h264::Nal> nals);
    [[nodiscard]] std::shared_ptr<std::vector<std::byte>> rebuild(std::span<const h264::Nal> nals,
                                                                  bool with_parameters) const;

    std::vector<std::byte> sps_, pps_;  // with start codes
    bool begun_ = false, complained_ = false;
    std::string complaint_;
};

}  // namespace voip::hal::linux
