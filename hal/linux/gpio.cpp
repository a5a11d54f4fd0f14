#include "hal/linux/gpio.hpp"

#include <fcntl.h>
#include <linux/gpio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <tuple>

#include "hal/linux/gpio_request.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

/// Text of a fixed field, which need not end in zero.
template <std::size_t size>
std::string text_of(const char (&field)[size]) {
    return std::string(field, ::strnlen(field, size));
}

std::string node_of(std::string_view chip_name) {
    return std::string(device_folder) + "/" + std::string(chip_name);
}

Result<ChipFacts> chip_facts(int fd, const std::string& node) {
    gpiochip_info info{};
    if (const int number = control(fd, GPIO_GET_CHIPINFO_IOCTL, &info)) return os_error(node, number);
    return ChipFacts{text_of(info.name), text_of(info.label), info.lines};
}

LineFacts line_facts(const gpio_v2_line_info& info) {
    LineFacts facts;
    facts.name = text_of(info.name);
    facts.consumer = text_of(info.consumer);
    facts.used = (info.flags & GPIO_V2_LINE_FLAG_USED) != 0;
    facts.output = (info.flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0;
    facts.active_low = (info.flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0;
    return facts;
}

Result<std::vector<LineFacts>> lines_of(int fd, unsigned count, const std::string& node) {
    std::vector<LineFacts> lines;
    for (unsigned offset = 0; offset < count; ++offset) {
        gpio_v2_line_info info{};
        info.offset = offset;
        if (const int number = control(fd, GPIO_V2_GET_LINEINFO_IOCTL, &info)) return os_error(node, number);
        lines.push_back(line_facts(info));
    }
    return lines;
}

Result<ChipFacts> chip_of(std::string_view text) {
    unsigned refused = 0;
    const auto chips = list_chips(&refused);
    const auto found = find_chip(text, chips);
    if (found) return chips[*found];
    const std::string node = node_of(text);
    if (!std::filesystem::exists(node) && refused == 0) return found.error();
    const auto opened = open_node(node, O_RDWR);  // a chip that may not be asked: say why
    if (!opened && !opened.error().is(Errc::device_gone)) return opened.error();
    if (refused == 0) return fail(Errc::io, node + " is no GPIO chip");
    return fail(Errc::refused, found.error().context + "; " + std::to_string(refused) +
                                   " more may not be opened (permission denied)");
}

/// The kernel says only that a line is taken: ask by whom.
Error busy(const LinePlace& place) {
    const auto lines = list_lines(std::filesystem::path(place.node).filename());
    if (!lines || place.offset >= lines->size()) return os_error(place.text, EBUSY);
    const std::string& consumer = (*lines)[place.offset].consumer;
    return fail(Errc::io,
                place.text + " is in use by " + (consumer.empty() ? "the kernel" : '"' + consumer + '"'));
}

/// The line's descriptor, or the errno.
std::pair<Fd, int> request_line(int chip, gpio_v2_line_request request) {
    if (const int number = control(chip, GPIO_V2_GET_LINE_IOCTL, &request)) return {Fd(), number};
    Fd fd(request.fd);
    if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return {Fd(), errno};  // made without it
    return {std::move(fd), 0};
}

Error refusal(const LinePlace& place, int number) {
    return number == EBUSY ? busy(place) : os_error(place.text, number);
}

}  // namespace

std::vector<ChipFacts> list_chips(unsigned* refused) {
    std::vector<ChipFacts> chips;
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator(device_folder, ec)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with("gpiochip")) continue;
        const auto fd = open_node(entry.path(), O_RDWR);
        if (!fd) {
            if (refused && fd.error().is(Errc::refused)) ++*refused;
            continue;
        }
        auto facts = chip_facts(fd->get(), entry.path());
        if (facts) chips.push_back(*std::move(facts));
    }
    std::ranges::sort(chips, {},
                      [](const ChipFacts& chip) { return std::tuple(chip.name.size(), chip.name); });
    return chips;
}

Result<std::vector<LineFacts>> list_lines(const std::string& chip_name) {
    const std::string node = node_of(chip_name);
    const auto fd = open_node(node, O_RDWR);
    if (!fd) return fd.error();
    const auto facts = chip_facts(fd->get(), node);
    if (!facts) return facts.error();
    return lines_of(fd->get(), facts->lines, node);
}

Result<LinePlace> locate(const LineSettings& line) {
    const auto chip = chip_of(line.chip);
    if (!chip) return chip.error();
    std::vector<std::string> names(chip->lines);
    if (!is_offset(line.line)) {
        const auto lines = list_lines(chip->name);
        if (!lines) return lines.error();
        std::ranges::transform(*lines, names.begin(), &LineFacts::name);
    }
    const auto offset = find_line(line.line, names);
    if (!offset) return within(chip->name, offset.error());
    return LinePlace{node_of(chip->name), *offset, chip->name + " line " + std::to_string(*offset)};
}

Result<OpenInput> open_input(const LineSettings& line, Bias bias, Duration debounce) {
    const auto place = locate(line);
    if (!place) return place.error();
    const auto chip = open_node(place->node, O_RDWR);
    if (!chip) return chip.error();
    // First all that the kernel can do, then what is left when the chip lacks a part of it.
    struct Way {
        Duration debounce;
        bool edges;
    };
    for (const Way way : {Way{debounce, true}, Way{Duration(0), true}, Way{Duration(0), false}}) {
        auto [fd, number] = request_line(
            chip->get(), input_request(place->offset, line.active_low, bias, way.debounce, way.edges));
        if (fd)
            return OpenInput{std::move(fd), place->text, way.debounce == debounce || debounce <= Duration(0),
                             way.edges};
        const bool lacking = number == EINVAL || number == ENXIO || number == ENOTSUP || number == ERANGE ||
                             number == 524;  // ENOTSUPP, which the kernel keeps from its public headers
        if (!lacking || !way.edges) return refusal(*place, number);
    }
    return os_error(place->text, EINVAL);
}

Result<bool> get_level(int fd, const std::string& text) {
    gpio_v2_line_values values{};
    values.mask = 1;
    if (const int number = control(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values)) return os_error(text, number);
    return (values.bits & 1) != 0;
}

Result<std::vector<Edge>> read_edges(int fd, const std::string& text) {
    std::vector<Edge> edges;
    for (;;) {
        std::array<gpio_v2_line_event, 16> events;
        const ssize_t bytes = ::read(fd, events.data(), sizeof events);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0 && errno == EAGAIN) return edges;
        if (bytes <= 0) return os_error(text, bytes < 0 ? errno : ENODEV);
        const auto count = static_cast<std::size_t>(bytes) / sizeof(gpio_v2_line_event);
        for (std::size_t i = 0; i < count; ++i)
            edges.push_back({events[i].id == GPIO_V2_LINE_EVENT_RISING_EDGE, events[i].timestamp_ns,
                             events[i].line_seqno});
    }
}

Result<OpenOutput> open_output(const LineSettings& line) {
    const auto place = locate(line);
    if (!place) return place.error();
    const auto chip = open_node(place->node, O_RDWR);
    if (!chip) return chip.error();
    auto [fd, number] = request_line(chip->get(), output_request(place->offset, line.active_low));
    if (!fd) return refusal(*place, number);
    return OpenOutput{std::move(fd), place->text};
}

Result<void> set_level(int fd, bool active, const std::string& text) {
    gpio_v2_line_values values{};
    values.mask = 1;
    values.bits = active ? 1 : 0;
    if (const int number = control(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values)) return os_error(text, number);
    return {};
}

}  // namespace voip::hal::linux
