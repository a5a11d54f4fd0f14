#pragma once
#include "hal/linux/fd.hpp"
#include "hal/linux/key_decoder.hpp"
#include "hal/linux/position_source.hpp"

namespace voip::hal::linux {

/// A button that is a key of an input device. The device is not grabbed: others may read it too.
class KeySource final : public PositionSource {
 public:
    KeySource(std::string node, unsigned key) : node_(std::move(node)), key_(key), decoder_(key) {}

    Result<Opened> open() override;
    Result<Reading> read() override;
    Result<void> check() override;
    void close() noexcept override { fd_.reset(); }
    std::vector<std::string> folders() const override;

 private:
    [[nodiscard]] Result<bool> position() const;

    std::string node_;
    unsigned key_;
    KeyDecoder decoder_;
    Fd fd_;
};

}  // namespace voip::hal::linux
