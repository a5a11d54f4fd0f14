#include "hal/linux/led_output.hpp"

#include <fcntl.h>

#include <cerrno>

#include "core/file.hpp"
#include "hal/linux/node.hpp"

namespace voip::hal::linux {
namespace {

constexpr std::size_t attribute_bytes = 4096;  // @source sysfs: one page
// The timer's files belong to root until udev has heard of the change.
constexpr unsigned looks_for_timer = 20;

std::string millis(Duration length) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(length).count());
}

}  // namespace

Triggers triggers_of(std::string_view text) {
    Triggers found;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        if (word == "timer" || word == "[timer]") found.timer = true;
        if (word.starts_with('[')) found.none = word == "[none]";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

Result<std::string> LedOutput::read(const std::string& name) const {
    auto text = read_file(folder_ + "/" + name, attribute_bytes);
    if (!text && text.error().is(Errc::not_found)) return os_error(folder_, ENOENT);
    return text;
}

Result<void> LedOutput::write(const Fd& file, const std::string& name, const std::string& text) const {
    for (;;) {
        if (::pwrite(file.get(), text.data(), text.size(), 0) >= 0) return {};
        if (errno != EINTR) return os_error(folder_ + "/" + name, errno);
    }
}

Result<void> LedOutput::open() {
    auto brightest = read("max_brightness");
    if (!brightest) return brightest.error();
    brightest_ = brightest->substr(0, brightest->find('\n'));
    auto brightness = open_node(folder_ + "/brightness", O_WRONLY);
    if (!brightness) return brightness.error();
    auto trigger = open_node(folder_ + "/trigger", O_RDWR);
    const auto triggers = trigger ? read("trigger") : Result<std::string>(std::string());
    if (!triggers) return triggers.error();
    brightness_ = *std::move(brightness);
    if (trigger) trigger_ = *std::move(trigger);
    if (trigger_ && triggers_of(*triggers).timer) return take_timer();
    return drop_trigger();
}

// Changing the trigger waits some milliseconds in the kernel: it is done once, here, and not for each state.
Result<void> LedOutput::take_timer() {
    auto taken = write(trigger_, "trigger", "timer");
    if (!taken) return drop_trigger();
    patience_ = looks_for_timer;
    (void)settling();
    return {};
}

Result<void> LedOutput::drop_trigger() {
    patience_ = 0;
    if (!trigger_) return {};
    const auto triggers = read("trigger");
    if (!triggers || triggers_of(*triggers).none) return {};
    return write(trigger_, "trigger", "none");
}

bool LedOutput::settling() {
    if (patience_ == 0) return false;
    auto on = open_node(folder_ + "/delay_on", O_WRONLY);
    auto off = open_node(folder_ + "/delay_off", O_WRONLY);
    if (on && off) {
        delay_on_ = *std::move(on);
        delay_off_ = *std::move(off);
        patience_ = 0;
    } else if (--patience_ == 0) {
        (void)drop_trigger();  // an LED that cannot be written to shows at the next light()
    }
    return patience_ != 0;
}

Result<void> LedOutput::check() {
    const auto there = read("max_brightness");
    return there ? Result<void>() : Result<void>(there.error());
}

void LedOutput::close() noexcept {
    for (Fd* file : {&brightness_, &trigger_, &delay_on_, &delay_off_}) file->reset();
    patience_ = 0;
}

Result<void> LedOutput::light(bool lit) {
    return write(brightness_, "brightness", lit ? brightest_ : "0");
}

// Never both zero on the way: the kernel takes that for "as you like".
Result<void> LedOutput::blink(const Pattern& pattern) {
    const bool on_first = pattern.on > Duration{};
    auto first = on_first ? write(delay_on_, "delay_on", millis(pattern.on))
                          : write(delay_off_, "delay_off", millis(pattern.off));
    if (!first) return first;
    return on_first ? write(delay_off_, "delay_off", millis(pattern.off))
                    : write(delay_on_, "delay_on", millis(pattern.on));
}

}  // namespace voip::hal::linux
