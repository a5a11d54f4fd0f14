#include "hal/linux/gpio_request.hpp"

#include <cstring>

namespace voip::hal::linux {
namespace {

// A press bounces in some dozen edges; what does not fit pushes out the oldest.
constexpr std::uint32_t edge_buffer = 64;

gpio_v2_line_request request(unsigned offset, bool active_low, std::uint64_t flags) {
    gpio_v2_line_request made{};
    made.offsets[0] = offset;
    made.num_lines = 1;
    static_assert(sizeof consumer_name <= sizeof made.consumer);
    std::memcpy(made.consumer, consumer_name, sizeof consumer_name);
    made.config.flags = flags | (active_low ? std::uint64_t{GPIO_V2_LINE_FLAG_ACTIVE_LOW} : 0U);
    return made;
}

gpio_v2_line_config_attribute& next_attribute(gpio_v2_line_request& made, std::uint32_t id) {
    gpio_v2_line_config_attribute& attribute = made.config.attrs[made.config.num_attrs++];
    attribute.mask = 1;  // the first and only line
    attribute.attr.id = id;
    return attribute;
}

std::uint64_t flags_of(Bias bias) {
    switch (bias) {
        case Bias::as_is: return 0;
        case Bias::pull_up: return GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
        case Bias::pull_down: return GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
        case Bias::disabled: return GPIO_V2_LINE_FLAG_BIAS_DISABLED;
    }
    return 0;
}

}  // namespace

gpio_v2_line_request input_request(unsigned offset, bool active_low, Bias bias, Duration debounce,
                                   bool edges) {
    std::uint64_t flags = GPIO_V2_LINE_FLAG_INPUT | flags_of(bias);
    if (edges) flags |= GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
    gpio_v2_line_request made = request(offset, active_low, flags);
    if (edges) made.event_buffer_size = edge_buffer;
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(debounce).count();
    if (edges && micros > 0)
        next_attribute(made, GPIO_V2_LINE_ATTR_ID_DEBOUNCE).attr.debounce_period_us =
            static_cast<std::uint32_t>(micros);
    return made;
}

gpio_v2_line_request output_request(unsigned offset, bool active_low) {
    gpio_v2_line_request made = request(offset, active_low, GPIO_V2_LINE_FLAG_OUTPUT);
    next_attribute(made, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES).attr.values = 0;
    return made;
}

}  // namespace voip::hal::linux
