#pragma once
#include "hal/linux/gpio.hpp"
#include "hal/linux/position_source.hpp"

namespace voip::hal::linux {

/// A button on an input line.
class GpioSource final : public PositionSource {
 public:
    GpioSource(LineSettings line, Bias bias, Duration debounce)
        : line_(std::move(line)), bias_(bias), debounce_(debounce) {}

    Result<Opened> open() override;
    Result<Reading> read() override;
    Result<void> check() override;
    void close() noexcept override { input_.fd.reset(); }
    std::vector<std::string> folders() const override { return {device_folder}; }

 private:
    Result<Reading> look();

    LineSettings line_;
    Bias bias_;
    Duration debounce_;
    OpenInput input_;
    std::uint32_t last_edge_ = 0;
};

}  // namespace voip::hal::linux
