#include "tests/contract/hal_linux/kernel_devices.hpp"

#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/uinput.h>
#include <linux/uleds.h>
#include <sys/ioctl.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "core/clock.hpp"
#include "core/file.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::test {
namespace {

namespace fs = std::filesystem;
using linux::Fd;

const fs::path gpio_sim = "/sys/kernel/config/gpio-sim";

/// Files of the kernel take a value in one write and say at once whether they like it.
void put(const fs::path& path, std::string_view value) {
    INFO("writing " << value << " to " << path);
    const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    REQUIRE(file);
    REQUIRE(::write(file.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size()));
}

std::string get(const fs::path& path) {
    const auto text = read_file(path, 4096);
    INFO("reading " << path);
    REQUIRE(text);
    return text->substr(0, text->find('\n'));
}

/// udev makes and removes nodes a moment after the kernel's word.
void wait_for(const fs::path& path) {
    const auto deadline = Clock::now() + 20s;
    while (!fs::exists(path) && Clock::now() < deadline) ::usleep(1000);
    INFO("waiting for " << path);
    REQUIRE(fs::exists(path));
}

/// udev gives nodes their permissions after the kernel has made them.
void settle() {
    REQUIRE(std::system("udevadm settle") == 0);
}

Fd open_device(const char* path) {
    INFO(path);
    Fd fd(::open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(fd);
    return fd;
}

}  // namespace

SimChip::SimChip(std::string label, bool rest, unsigned lines)
    : label_(std::move(label)), rest_(rest), count_(lines), config_(gpio_sim / label_) {
    fs::create_directories(config_ / "bank0");
    put(config_ / "bank0/num_lines", std::to_string(lines));
    put(config_ / "bank0/label", label_);
    SimChip::plug();
}

SimChip::~SimChip() {
    std::error_code ignored;
    const Fd live(::open((config_ / "live").c_str(), O_WRONLY | O_CLOEXEC));
    (void)!::write(live.get(), "0", 1);  // out already, perhaps
    fs::remove(config_ / "bank0", ignored);
    fs::remove(config_, ignored);
}

void SimChip::plug() {
    put(config_ / "live", "1");
    chip_ = get(config_ / "bank0/chip_name");
    lines_ = fs::path("/sys/devices/platform") / get(config_ / "dev_name") / chip_;
    wait_for(node());
    settle();
    if (rest_)
        for (unsigned line = 0; line < count_; ++line) pull(line, true);
}

void SimChip::unplug() {
    put(config_ / "live", "0");
}

fs::path SimChip::file(unsigned line, std::string_view name) const {
    return lines_ / ("sim_gpio" + std::to_string(line)) / name;
}

void SimChip::pull(unsigned line, bool high) const {
    put(file(line, "pull"), high ? "pull-up" : "pull-down");
}

bool SimChip::level(unsigned line) const {
    std::error_code gone;
    return fs::exists(file(line, "value"), gone) && get(file(line, "value")) == "1";
}

Thief::Thief(const fs::path& chip_node, unsigned line) {
    const Fd chip = open_device(chip_node.c_str());
    gpio_v2_line_request request{};
    request.offsets[0] = line;
    request.num_lines = 1;
    std::strcpy(request.consumer, "thief");
    request.config.flags = GPIO_V2_LINE_FLAG_INPUT;
    REQUIRE(::ioctl(chip.get(), GPIO_V2_GET_LINE_IOCTL, &request) == 0);
    line_ = Fd(request.fd);
}

Keypad::Keypad(fs::path link, std::vector<unsigned> keys) : link_(std::move(link)), keys_(std::move(keys)) {
    Keypad::plug();
}

void Keypad::plug() {
    device_ = open_device("/dev/uinput");
    REQUIRE(::ioctl(device_.get(), UI_SET_EVBIT, EV_KEY) == 0);
    for (const unsigned key : keys_) REQUIRE(::ioctl(device_.get(), UI_SET_KEYBIT, key) == 0);
    uinput_setup setup{};
    std::strcpy(setup.name, "simulated keypad");
    setup.id.bustype = BUS_VIRTUAL;
    REQUIRE(::ioctl(device_.get(), UI_DEV_SETUP, &setup) == 0);
    REQUIRE(::ioctl(device_.get(), UI_DEV_CREATE) == 0);
    std::array<char, 64> name{};
    REQUIRE(::ioctl(device_.get(), UI_GET_SYSNAME(name.size()), name.data()) >= 0);
    for (const auto& entry : fs::directory_iterator(fs::path("/sys/devices/virtual/input") / name.data())) {
        const std::string event = entry.path().filename();
        if (!event.starts_with("event")) continue;
        wait_for("/dev/input/" + event);
        settle();
        fs::create_symlink("/dev/input/" + event, link_);
        return;
    }
    FAIL("no event device for " << name.data());
}

void Keypad::unplug() {
    std::error_code ignored;
    fs::remove(link_, ignored);
    device_.reset();  // destroys the device
}

void Keypad::move(unsigned key, bool down) const {
    std::array<input_event, 2> events{};
    events[0].type = EV_KEY;
    events[0].code = static_cast<__u16>(key);
    events[0].value = down ? 1 : 0;
    events[1].type = EV_SYN;
    events[1].code = SYN_REPORT;
    REQUIRE(::write(device_.get(), events.data(), sizeof events) == sizeof events);
}

SimLed::SimLed(std::string name) : name_(std::move(name)) {
    SimLed::plug();
}

void SimLed::plug() {
    device_ = open_device("/dev/uleds");
    uleds_user_dev wanted{};
    std::memcpy(wanted.name, name_.data(), name_.size());
    wanted.max_brightness = 255;
    REQUIRE(::write(device_.get(), &wanted, sizeof wanted) == sizeof wanted);
    wait_for(fs::path("/sys/class/leds") / name_ / "brightness");
}

std::string SimLed::attribute(std::string_view name) const {
    return get(fs::path("/sys/class/leds") / name_ / name);
}

std::vector<int> SimLed::shown() const {
    std::vector<int> values;
    for (int value = 0; ::read(device_.get(), &value, sizeof value) == sizeof value;) values.push_back(value);
    return values;
}

}  // namespace voip::hal::test
