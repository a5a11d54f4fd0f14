#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace voip::test {

/// An I420 picture as the JPEG of a camera. @param sampling  GStreamer's: "I420", "Y42B" (most webcams)
std::vector<std::byte> jpeg(std::span<const std::byte> i420, unsigned width, unsigned height,
                            const char* sampling);

/// The same without its Huffman tables: cameras leave out those that everybody knows.
std::vector<std::byte> without_tables(std::span<const std::byte> jpeg);

}  // namespace voip::test
