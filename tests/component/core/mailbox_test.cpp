#include "core/mailbox.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"

using namespace voip;

namespace {

struct Reader {
    asio::io_context io{1};
    ManualTimers timers;
    Mailbox<std::unique_ptr<int>> box{timers, 3};
    std::vector<int> taken;
    int empty_pops = 0;
    asio::cancellation_signal stop;

    void settle() {
        io.restart();
        io.poll();
    }
    asio::awaitable<void> read_all() {
        for (;;) {
            std::optional<std::unique_ptr<int>> item = co_await box.pop();
            if (!item) break;
            taken.push_back(**item);
        }
        ++empty_pops;
    }
    asio::awaitable<void> read_one(Duration within) {
        std::optional<std::unique_ptr<int>> item = co_await box.pop(timers.now() + within);
        if (item)
            taken.push_back(**item);
        else
            ++empty_pops;
    }
    void start(asio::awaitable<void> task) {
        asio::co_spawn(io, std::move(task), asio::bind_cancellation_slot(stop.slot(), asio::detached));
        settle();
    }
};

}  // namespace

TEST_CASE("mailbox: items come out in their order, those pushed before and after the reader",
          "[core][component]") {
    Reader reader;
    CHECK(reader.box.push(std::make_unique<int>(1)));
    CHECK(reader.box.push(std::make_unique<int>(2)));
    reader.start(reader.read_all());
    CHECK(reader.taken == std::vector{1, 2});
    CHECK(reader.box.push(std::make_unique<int>(3)));
    reader.settle();
    CHECK(reader.taken == std::vector{1, 2, 3});
    reader.box.close();
    reader.settle();
    CHECK(reader.empty_pops == 1);
}

TEST_CASE("mailbox: a full one of 3 refuses the fourth and takes again after a pop", "[core][component]") {
    Reader reader;
    for (int i = 1; i <= 3; ++i) CHECK(reader.box.push(std::make_unique<int>(i)));
    CHECK_FALSE(reader.box.push(std::make_unique<int>(4)));
    CHECK(reader.box.size() == 3);
    reader.start(reader.read_one(1s));
    CHECK(reader.taken == std::vector{1});
    CHECK(reader.box.push(std::make_unique<int>(5)));
}

TEST_CASE("mailbox: close() lets the reader take what is left, then it ends; nothing is taken in",
          "[core][component]") {
    Reader reader;
    CHECK(reader.box.push(std::make_unique<int>(1)));
    reader.box.close();
    CHECK_FALSE(reader.box.push(std::make_unique<int>(2)));
    CHECK_FALSE(reader.box.closed());
    reader.start(reader.read_all());
    CHECK(reader.taken == std::vector{1});
    CHECK(reader.box.closed());
    CHECK(reader.empty_pops == 1);
}

TEST_CASE("mailbox: pop gives nothing at its deadline of 2 s, and the item if it came at the same moment",
          "[core][component]") {
    Reader reader;
    reader.start(reader.read_one(2s));
    reader.timers.advance(2s, [&] { reader.settle(); });
    CHECK(reader.empty_pops == 1);
    CHECK_FALSE(reader.box.closed());

    reader.start(reader.read_one(2s));
    reader.timers.call_at(reader.timers.now() + 2s,
                          [&] { CHECK(reader.box.push(std::make_unique<int>(7))); });
    reader.timers.advance(2s);
    reader.settle();
    CHECK(reader.taken == std::vector{7});
    CHECK(reader.timers.pending() == 0);
}

TEST_CASE("mailbox: a cancelled reader ends and closes the box", "[core][component]") {
    Reader reader;
    reader.start(reader.read_all());
    reader.stop.emit(asio::cancellation_type::terminal);
    reader.settle();
    CHECK(reader.empty_pops == 1);
    CHECK(reader.box.closed());
    CHECK_FALSE(reader.box.push(std::make_unique<int>(1)));
}
