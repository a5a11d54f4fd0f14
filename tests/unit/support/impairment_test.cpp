#include "tests/support/impairment.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace voip;
using voip::test::Impairment;
using voip::test::Order;
using voip::test::parse_order;
using voip::test::Schedule;

namespace {

constexpr TimePoint start{100s};
constexpr std::size_t bytes = 1000;

/// One packet each `gap`; nothing: dropped.
std::vector<std::optional<TimePoint>> send(Schedule& schedule, int packets, Duration gap = 10ms) {
    std::vector<std::optional<TimePoint>> left;
    for (int i = 0; i < packets; ++i) left.push_back(schedule.leaves(bytes, start + gap * i));
    return left;
}

Schedule schedule_with(const Impairment& impairment, std::uint64_t seed = 1) {
    Schedule schedule(seed);
    schedule.impair(impairment);
    return schedule;
}

Impairment with_loss(double loss) {
    Impairment impairment;
    impairment.loss = loss;
    return impairment;
}

Impairment with_jitter(double reorder = 0) {
    Impairment impairment;
    impairment.delay = 40ms;
    impairment.jitter = 100ms;
    impairment.reorder = reorder;
    return impairment;
}

}  // namespace

TEST_CASE("impairment: a plain schedule lets 100 packets pass when they come", "[support][unit]") {
    Schedule schedule(7);
    const auto left = send(schedule, 100);
    for (int i = 0; i < 100; ++i) CHECK(left[static_cast<std::size_t>(i)] == start + 10ms * i);
    CHECK(schedule.counts() == Schedule::Counts{100, 0, 0, 0});
}

TEST_CASE("impairment: 20 % loss drops 20 of 100, the same ones for the same seed", "[support][unit]") {
    auto schedule = schedule_with(with_loss(0.2));
    const auto left = send(schedule, 10'000);
    CHECK(schedule.counts().lost > 1'850);
    CHECK(schedule.counts().lost < 2'150);
    CHECK(schedule.counts().passed + schedule.counts().lost == 10'000);
    auto same = schedule_with(with_loss(0.2)), other = schedule_with(with_loss(0.2), 2);
    CHECK(send(same, 10'000) == left);
    CHECK(send(other, 10'000) != left);
}

TEST_CASE("impairment: 100 % loss lets nothing pass", "[support][unit]") {
    auto schedule = schedule_with(with_loss(1));
    for (const auto& left : send(schedule, 1'000)) CHECK_FALSE(left);
}

TEST_CASE("impairment: 100 ms jitter spreads arrivals over 100 ms and keeps their order", "[support][unit]") {
    auto schedule = schedule_with(with_jitter());
    const auto left = send(schedule, 1'000, 200ms);  // so far apart that none waits for another
    Duration least = 1h, most{};
    for (int i = 0; i < 1'000; ++i) {
        const Duration took = *left[static_cast<std::size_t>(i)] - (start + 200ms * i);
        least = std::min(least, took);
        most = std::max(most, took);
    }
    CHECK((least >= 40ms && least < 42ms));
    CHECK((most <= 140ms && most > 138ms));

    auto dense = schedule_with(with_jitter());
    const auto order = send(dense, 1'000, 10ms);
    for (std::size_t i = 1; i < order.size(); ++i) CHECK(*order[i] >= *order[i - 1]);
}

TEST_CASE("impairment: with 10 % reordering packets overtake those before them", "[support][unit]") {
    auto schedule = schedule_with(with_jitter(0.1));
    const auto left = send(schedule, 1'000);
    int overtakes = 0;
    for (std::size_t i = 1; i < left.size(); ++i) overtakes += *left[i] < *left[i - 1] ? 1 : 0;
    CHECK(overtakes > 60);
    CHECK(overtakes < 140);
}

TEST_CASE("impairment: 800 kbit/s carry 1000 bytes in 10 ms, and 200 ms of them wait", "[support][unit]") {
    Impairment slow;
    slow.rate_kbps = 800;
    auto schedule = schedule_with(slow);
    const auto left = send(schedule, 100, 0ms);  // all at once
    for (int i = 0; i < 21; ++i) CHECK(left[static_cast<std::size_t>(i)] == start + 10ms * (i + 1));
    CHECK(schedule.counts() == Schedule::Counts{21, 0, 79, 0});
    CHECK(schedule.leaves(bytes, start + 1s) == start + 1s + 10ms);  // the queue has drained
}

TEST_CASE("impairment: a cut of 5 s drops all until it is over", "[support][unit]") {
    Schedule schedule(1);
    schedule.cut(start + 5s);
    CHECK_FALSE(schedule.leaves(bytes, start));
    CHECK_FALSE(schedule.leaves(bytes, start + 4999ms));
    CHECK(schedule.leaves(bytes, start + 5s) == start + 5s);
    CHECK(schedule.counts() == Schedule::Counts{1, 0, 0, 2});
}

TEST_CASE("impairment: which packets are lost does not depend on 3 other settings", "[support][unit]") {
    auto plain = schedule_with(with_loss(0.1));
    Impairment all = with_jitter(0.1);
    all.loss = 0.1;
    all.rate_kbps = 100'000;
    auto mixed = schedule_with(all);
    const auto one = send(plain, 1'000), other = send(mixed, 1'000);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].has_value() == other[i].has_value());
}

TEST_CASE("impairment: what was switched off does not let 2 packets change places", "[support][unit]") {
    auto schedule = schedule_with(with_jitter());
    TimePoint last = start;
    for (int i = 0; i < 100; ++i) last = *schedule.leaves(bytes, start + 1ms * i);
    schedule.impair({});
    CHECK(schedule.leaves(bytes, start + 100ms) == last);
}

TEST_CASE("impairment: 5 orders are read", "[support][unit]") {
    Order all;
    all.kind = Order::Kind::impair;
    all.impairment = {0.05, 20ms, 100ms, 0.01, 500, 300ms};
    CHECK(*parse_order("both loss=5 delay=20 jitter=100 reorder=1 rate=500 queue=300") == all);
    Order plain;
    plain.kind = Order::Kind::impair;
    plain.back = false;
    CHECK(*parse_order("forth") == plain);
    Order cut;
    cut.kind = Order::Kind::cut;
    cut.forth = false;
    cut.length = 2500ms;
    CHECK(*parse_order("cut back 2.5") == cut);
    CHECK(parse_order("count")->kind == Order::Kind::count);
    CHECK(parse_order(" both  loss=0 ")->impairment == Impairment{});
}

TEST_CASE("impairment: an order that is none is refused with its word", "[support][unit]") {
    for (const auto* line :
         {"", "forward", "count 1", "both loss", "both loss=", "both loss=x", "both loss=-1", "both loss=101",
          "both lots=1", "both delay=nan", "cut", "cut both", "cut both x", "cut 5 both", "both rate=1e9"}) {
        const auto order = parse_order(line);
        CAPTURE(line);
        REQUIRE_FALSE(order);
        CHECK(order.error().is(Errc::bad_message));
        CHECK_FALSE(order.error().context.empty());
    }
}
