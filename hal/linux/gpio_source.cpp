#include "hal/linux/gpio_source.hpp"

#include "hal/linux/node.hpp"

namespace voip::hal::linux {

Result<PositionSource::Opened> GpioSource::open() {
    auto input = open_input(line_, bias_, debounce_);
    if (!input) return input.error();
    input_ = *std::move(input);
    last_edge_ = 0;
    const auto level = get_level(input_.fd.get(), input_.text);
    if (!level) return level.error();
    return Opened{input_.fd.get(), *level, input_.debounced, input_.edges};
}

Result<Reading> GpioSource::look() {
    const auto level = get_level(input_.fd.get(), input_.text);
    if (!level) return level.error();
    const auto now = kernel_now();
    return Reading{{{*level, now}}, now};
}

Result<Reading> GpioSource::read() {
    if (!input_.edges) return look();
    const auto edges = read_edges(input_.fd.get(), input_.text);
    if (!edges) return edges.error();
    Reading reading;
    reading.now = kernel_now();
    bool lost = false;
    for (const Edge& edge : *edges) {
        lost = lost || edge.number != last_edge_ + 1;
        last_edge_ = edge.number;
        reading.positions.push_back({edge.active, std::chrono::nanoseconds(edge.stamp_ns)});
    }
    if (!lost) return reading;
    // The newest edges were kept, so the last one agrees with the line unless another is on its way.
    const auto level = get_level(input_.fd.get(), input_.text);
    if (!level) return level.error();
    reading.positions.push_back({*level, reading.now});
    return reading;
}

Result<void> GpioSource::check() {
    const auto level = get_level(input_.fd.get(), input_.text);
    if (!level) return level.error();
    return {};
}

}  // namespace voip::hal::linux
