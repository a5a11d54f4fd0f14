#include "hal/linux/button_driver.hpp"

#include <algorithm>

namespace voip::hal::linux {

ButtonDriver::ButtonDriver(Surroundings around, const ButtonSettings& settings,
                           std::unique_ptr<PositionSource> source)
    : name(settings.name),
      around_(std::move(around)),
      source_(std::move(source)),
      detector_(PressDetector::Settings{.long_press = settings.long_press}),
      debouncer_(settings.debounce),
      keeper_(around_.timers, *around_.watch, "button:" + settings.name, source_->folders(),
              {[this] { return open(); }, [this] { return source_->check(); }, [this] { closed(); },
               [this](const Result<void>& health) { tell(health); }},
              around_.log) {}

void ButtonDriver::start() {
    (void)keeper_.open();  // a failure is told as health, and tried again
}

void ButtonDriver::stop() {
    stopped_ = true;
    on_press = nullptr;
    on_health = nullptr;
    readable_.reset();
    around_.timers.cancel(std::exchange(alarm_, 0));
    around_.timers.cancel(std::exchange(looking_, 0));
    source_->close();
}

Result<void> ButtonDriver::open() {
    if (stopped_) return fail(Errc::cancelled);
    const auto opened = source_->open();
    if (!opened) return opened.error();
    debounces_ = !opened->debounced;
    looks_ = !opened->reports;
    debouncer_.reset(opened->down);
    detector_.reset();
    if (opened->down) detector_.found_down(around_.timers.now());
    if (looks_)
        look();
    else
        readable_ = std::make_unique<Readable>(around_.executor, opened->fd, [this] { read(); });
    if (looks_ || debounces_)
        around_.log.notice("button needs help", kv("button", name), kv("polled", looks_),
                           kv("debounced_here", debounces_));
    arm();
    return {};
}

void ButtonDriver::closed() {
    readable_.reset();
    around_.timers.cancel(std::exchange(looking_, 0));
    source_->close();
    detector_.reset();  // nobody knows what the finger does
    debouncer_.reset(false);
    arm();
}

void ButtonDriver::look() {
    looking_ = around_.timers.call_at(around_.timers.now() + look_interval, [self = shared_from_this()] {
        self->looking_ = 0;
        self->read();
        if (!self->stopped_ && self->keeper_.is_open()) self->look();
    });
}

void ButtonDriver::read() {
    const auto self = shared_from_this();  // a handler may give the board up
    const auto reading = source_->read();
    if (!reading) return keeper_.lost(reading.error());
    for (const Position& position : reading->positions) {
        if (stopped_) return;
        take(position, std::max(reading->now - position.stamp, std::chrono::nanoseconds(0)));
    }
    if (!stopped_) settle(around_.timers.now());
}

// A position counts from when the kernel saw it, so that a loop that was late still knows a long press from a
// short one.
void ButtonDriver::take(const Position& position, Duration age) {
    const TimePoint at = around_.timers.now() - age;
    around_.log.debug("button moves", kv("button", name), kv("down", position.down),
                      kv("stamp_ns", position.stamp.count()));
    if (!debounces_) return apply(detector_.on_position(position.down, at));
    settle(at);
    debouncer_.on_edge(position.down, at);
}

void ButtonDriver::settle(TimePoint now) {
    if (const auto level = debouncer_.on_time(now); debounces_ && level)
        apply(detector_.on_position(*level, now));
    arm();
}

void ButtonDriver::on_alarm() {
    const auto self = shared_from_this();
    alarm_ = 0;
    read();  // a release that waits to be read came before this moment
    if (!stopped_) apply(detector_.on_time(around_.timers.now()));
}

void ButtonDriver::arm() {
    around_.timers.cancel(std::exchange(alarm_, 0));
    auto at = detector_.wake_at();
    const auto settled_at = debounces_ ? debouncer_.wake_at() : std::nullopt;
    if (settled_at) at = at ? std::min(*at, *settled_at) : *settled_at;
    if (!at || stopped_) return;
    alarm_ = around_.timers.call_at(*at, [self = shared_from_this()] { self->on_alarm(); });
}

void ButtonDriver::apply(const PressDetector::Outcome& outcome) {
    arm();
    if (outcome.stuck) tell(*outcome.stuck ? Result<void>(fail(Errc::io, "held for 30 s")) : Result<void>());
    if (outcome.press && !stopped_) {
        around_.log.info("button pressed", kv("button", name),
                         kv("long", *outcome.press == Press::long_press));
        const auto handler = on_press;  // it may replace itself
        if (handler) handler(*outcome.press);
    }
}

void ButtonDriver::tell(const Result<void>& health) {
    const auto self = shared_from_this();
    const auto handler = on_health;
    if (handler) handler(health);
}

}  // namespace voip::hal::linux
