#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace voip::test {

/// A decoded picture: the planes of I420 one after the other, without padding.
struct Decoded {
    unsigned width = 0, height = 0;
    std::vector<std::byte> bytes;
};

/// Decodes access units one by one with OpenH264, and may scale what comes out.
class H264Decoder {
 public:
    /// @param width, height  what the pictures are scaled to; 0: as they are
    explicit H264Decoder(unsigned width = 0, unsigned height = 0);
    ~H264Decoder();
    /// The picture of an access unit, given in their order; nothing when none comes within 5 s.
    [[nodiscard]] std::optional<Decoded> decode(std::span<const std::byte> access_unit);

 private:
    struct Pipeline;
    std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace voip::test
