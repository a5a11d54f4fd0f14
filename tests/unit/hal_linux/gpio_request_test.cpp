#include "hal/linux/gpio_request.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;

namespace {

constexpr std::uint64_t both_edges = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;

std::uint64_t input_flags(Bias bias, bool active_low = false) {
    return input_request(1, active_low, bias, 0ms, true).config.flags;
}

}  // namespace

TEST_CASE("gpio request: an input asks for 1 line, both edges and room for 64 of them", "[hal][unit]") {
    const auto request = input_request(17, false, Bias::as_is, 0ms, true);
    CHECK(request.num_lines == 1);
    CHECK(request.offsets[0] == 17);
    CHECK(request.config.flags == (GPIO_V2_LINE_FLAG_INPUT | both_edges));
    CHECK(request.config.num_attrs == 0);
    CHECK(request.event_buffer_size == 64);
    CHECK(std::string(request.consumer) == "wmpf-voipd");
}

TEST_CASE("gpio request: each of the 4 biases and active low is its flag", "[hal][unit]") {
    const std::uint64_t bare = GPIO_V2_LINE_FLAG_INPUT | both_edges;
    CHECK(input_flags(Bias::as_is) == bare);
    CHECK(input_flags(Bias::pull_up) == (bare | GPIO_V2_LINE_FLAG_BIAS_PULL_UP));
    CHECK(input_flags(Bias::pull_down) == (bare | GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN));
    CHECK(input_flags(Bias::disabled) == (bare | GPIO_V2_LINE_FLAG_BIAS_DISABLED));
    CHECK(input_flags(Bias::as_is, true) == (bare | GPIO_V2_LINE_FLAG_ACTIVE_LOW));
}

TEST_CASE("gpio request: 20 ms of debounce are 20000 us for the kernel, of that line", "[hal][unit]") {
    const auto request = input_request(3, false, Bias::as_is, 20ms, true);
    REQUIRE(request.config.num_attrs == 1);
    CHECK(request.config.attrs[0].mask == 1);
    CHECK(request.config.attrs[0].attr.id == GPIO_V2_LINE_ATTR_ID_DEBOUNCE);
    CHECK(request.config.attrs[0].attr.debounce_period_us == 20000);
}

TEST_CASE("gpio request: a line without interrupt is asked for neither edges nor debounce", "[hal][unit]") {
    const auto request = input_request(3, true, Bias::pull_up, 20ms, false);
    CHECK(request.config.flags ==
          (GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_BIAS_PULL_UP));
    CHECK(request.config.num_attrs == 0);
    CHECK(request.event_buffer_size == 0);
}

TEST_CASE("gpio request: an output is inactive from the first moment on, active low or not", "[hal][unit]") {
    for (const bool active_low : {false, true}) {
        const auto request = output_request(5, active_low);
        CHECK(request.offsets[0] == 5);
        CHECK(request.config.flags ==
              (GPIO_V2_LINE_FLAG_OUTPUT | (active_low ? std::uint64_t{GPIO_V2_LINE_FLAG_ACTIVE_LOW} : 0U)));
        REQUIRE(request.config.num_attrs == 1);
        CHECK(request.config.attrs[0].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
        CHECK(request.config.attrs[0].attr.values == 0);  // logical: the kernel turns it round for active low
    }
}
