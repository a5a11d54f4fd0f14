#pragma once
#include <vector>

#include "hal/camera.hpp"

namespace voip::media {

/// Lets pictures through only in a form that a decoder can begin with. While closed it keeps what came since
/// the last key picture, so that the first picture can be sent at once when it opens; pictures are never
/// kept longer than to the next key one. Pure.
class PictureGate {
 public:
    static constexpr std::size_t max_pictures = 30;
    static constexpr std::size_t max_bytes = 512 * 1024;

    /// @return the pictures to send now, in order
    [[nodiscard]] std::vector<hal::AccessUnit> on_picture(hal::AccessUnit unit);
    /// Opens. @return what was kept; empty: nothing can be sent before the next key picture
    [[nodiscard]] std::vector<hal::AccessUnit> open();
    /// Closes, and begins to keep again at the next key picture.
    void close() noexcept;
    /// Forgets everything: the camera was switched off.
    void reset() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return open_; }
    /// Open, but nothing can be sent before a key picture.
    [[nodiscard]] bool needs_key() const noexcept { return open_ && !begun_; }

 private:
    void keep(hal::AccessUnit unit);
    void forget() noexcept;

    bool open_ = false;
    bool begun_ = false;  // a key picture has passed since it opened
    std::vector<hal::AccessUnit> kept_;
    std::size_t kept_bytes_ = 0;
};

}  // namespace voip::media
