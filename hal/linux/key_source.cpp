#include "hal/linux/key_source.hpp"

#include <fcntl.h>
#include <linux/input.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "hal/linux/key_names.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

using KeyBits = std::array<unsigned char, KEY_MAX / 8 + 1>;

bool has(const KeyBits& bits, unsigned key) {
    return (bits[key / 8] & (1U << (key % 8))) != 0;
}

}  // namespace

Result<PositionSource::Opened> KeySource::open() {
    auto fd = open_node(node_, O_RDONLY);
    if (!fd) return fd.error();
    int version = 0;
    if (control(fd->get(), EVIOCGVERSION, &version) != 0)
        return fail(Errc::io, node_ + " is no input device");
    KeyBits known{};
    if (const int number = control(fd->get(), EVIOCGBIT(EV_KEY, sizeof known), &known))
        return os_error(node_, number);
    if (!has(known, key_)) return fail(Errc::io, node_ + " has no key " + key_name(key_));
    int clock = CLOCK_MONOTONIC;
    if (const int number = control(fd->get(), EVIOCSCLOCKID, &clock)) return os_error(node_, number);
    fd_ = *std::move(fd);
    decoder_ = KeyDecoder(key_);
    const auto down = position();
    if (!down) return down.error();
    return Opened{fd_.get(), *down};
}

Result<bool> KeySource::position() const {
    KeyBits held{};
    if (const int number = control(fd_.get(), EVIOCGKEY(sizeof held), &held)) return os_error(node_, number);
    return has(held, key_);
}

Result<Reading> KeySource::read() {
    Reading reading;
    for (;;) {
        std::array<input_event, 32> events;
        const ssize_t bytes = ::read(fd_.get(), events.data(), sizeof events);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0 && errno == EAGAIN) break;
        if (bytes <= 0) return os_error(node_, bytes < 0 ? errno : ENODEV);
        const auto taken =
            decoder_.take(std::span(events).first(static_cast<std::size_t>(bytes) / sizeof(input_event)));
        reading.positions.insert(reading.positions.end(), taken.begin(), taken.end());
    }
    reading.now = kernel_now();
    if (decoder_.take_lost()) {
        const auto down = position();
        if (!down) return down.error();
        reading.positions.push_back({*down, reading.now});
    }
    return reading;
}

Result<void> KeySource::check() {
    const auto down = position();
    if (!down) return down.error();
    return {};
}

// The node may be a link that udev makes in another folder than the device it points to.
std::vector<std::string> KeySource::folders() const {
    const std::string own = std::filesystem::path(node_).parent_path();
    if (own == "/dev/input") return {own};
    return {own, "/dev/input"};
}

}  // namespace voip::hal::linux
