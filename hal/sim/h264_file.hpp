#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "hal/h264/h264.hpp"

namespace voip::hal::sim {

inline constexpr std::size_t max_h264_file_bytes = 64 * 1024 * 1024;

/// A raw H.264 file (Annex B) as pictures without end.
class H264File {
 public:
    /// Blocks for the disk. @errors device_gone (no such file), refused (no permission), io (unreadable,
    /// above 64 MiB, or not a stream that begins with SPS, PPS and an IDR picture)
    [[nodiscard]] static Result<H264File> open(const std::filesystem::path& path);
    /// The same from memory. @errors io
    [[nodiscard]] static Result<H264File> parse(std::string content);

    struct Unit {
        std::shared_ptr<const void> owner;
        std::span<const std::byte> bytes;
        bool key = false;  ///< SPS and PPS are in it, also where the file has them at its beginning only
    };
    /// The next picture; after the last one the first again.
    /// @param key  goes on to the next IDR picture
    [[nodiscard]] Unit next(bool key);
    [[nodiscard]] const h264::Sps& sps() const noexcept { return sps_; }
    [[nodiscard]] std::size_t pictures() const noexcept { return units_.size(); }

 private:
    H264File() = default;
    Result<void> add(const h264::Picture& picture);

    struct Stored {
        std::string bytes;
        bool key = false;
    };
    std::vector<std::shared_ptr<const Stored>> units_;
    std::string parameters_;  // the SPS and PPS seen last
    h264::Sps sps_;
    std::size_t at_ = 0;
};

}  // namespace voip::hal::sim
