// A network cable between two network namespaces: a TUN device in each, and what one sends comes out of the
// other, late, seldom or never as told. Orders (impairment.hpp) come line by line on stdin, each is answered
// on stdout; the end of stdin ends it and takes the devices with it. Root only.
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <cstring>
#include <istream>
#include <utility>
#include <vector>

#include "core/command_line.hpp"
#include "core/timers.hpp"
#include "core/tokens.hpp"
#include "tests/support/impairment.hpp"

namespace voip::test {
namespace {

using Descriptor = asio::posix::stream_descriptor;

constexpr CommandOption options[] = {
    {"left", "NETNS/DEVICE", "one end: a namespace of /run/netns and the name of the device in it"},
    {"right", "NETNS/DEVICE", "the other end"},
    {"seed", "NUMBER", "of the dice (1)"},
};
constexpr CommandSpec spec{"wmpf-test-cable", "A cable between two network namespaces, as bad as told.",
                           options};

Error last_error(std::string context) {
    return fail(boost::system::error_code(errno, boost::system::system_category()), std::move(context));
}

Result<void> enter(const std::string& name) {
    const int space = ::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (space < 0) return last_error(name);
    const bool entered = ::setns(space, CLONE_NEWNET) == 0;
    const auto error = last_error(name);
    ::close(space);
    if (!entered) return error;
    return {};
}

/// A new TUN device in that namespace; this process stays there.
Result<int> make_end(const std::string& place) {
    const auto slash = place.find('/');
    if (slash == std::string::npos) return fail(Errc::bad_config, place + ": NETNS/DEVICE");
    const auto device = place.substr(slash + 1);
    if (const auto entered = enter(place.substr(0, slash)); !entered) return entered.error();
    const int tun = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0) return last_error("/dev/net/tun");
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(request.ifr_name, device.c_str(), sizeof request.ifr_name - 1);
    if (::ioctl(tun, TUNSETIFF, &request) == 0) return tun;
    const auto error = last_error(place);
    ::close(tun);
    return error;
}

/// One direction.
struct Way {
    Descriptor& from;
    Descriptor& to;
    Schedule schedule;
};

class Cable {
 public:
    Cable(asio::io_context& io, int left, int right, std::uint64_t seed)
        : timers_(io.get_executor()),
          left_(io, left),
          right_(io, right),
          orders_(io, ::dup(STDIN_FILENO)),
          forth_{left_, right_, Schedule(seed)},
          back_{right_, left_, Schedule(seed + 1)} {}

    void run(asio::io_context& io) {
        asio::co_spawn(io, carry(forth_), asio::detached);
        asio::co_spawn(io, carry(back_), asio::detached);
        asio::co_spawn(io, obey(), asio::detached);
        say("ready");
        io.run();
    }

 private:
    asio::awaitable<void> carry(Way& way) {
        std::array<char, 65536> packet;
        for (;;) {
            const auto room = asio::buffer(packet);
            const auto [error, size] = co_await way.from.async_read_some(room, use_result);
            if (error) co_return;
            const TimePoint now = timers_.now();
            const auto leaves = way.schedule.leaves(size, now);
            if (!leaves) continue;
            if (*leaves <= now) {
                put(way.to, packet.data(), size);
                continue;
            }
            (void)timers_.call_at(*leaves,
                                  [&way, kept = std::vector<char>(packet.data(), packet.data() + size)] {
                                      put(way.to, kept.data(), kept.size());
                                  });
        }
    }

    /// A device that is down refuses: so would a cable.
    static void put(Descriptor& to, const char* data, std::size_t size) {
        [[maybe_unused]] const auto written = ::write(to.native_handle(), data, size);
    }

    asio::awaitable<void> obey() {
        asio::streambuf buffer(4096);
        for (;;) {
            const auto [error, size] = co_await asio::async_read_until(orders_, buffer, '\n', use_result);
            if (error) break;
            std::istream stream(&buffer);
            std::string line;
            std::getline(stream, line);
            const auto order = parse_order(line);
            if (order)
                perform(*order);
            else
                say("error: " + order.error().text());
        }
        left_.close();
        right_.close();
    }

    void perform(const Order& order) {
        if (order.kind == Order::Kind::count)
            return say("forth " + words(forth_.schedule.counts()) + " back " +
                       words(back_.schedule.counts()));
        for (Way* const way : {order.forth ? &forth_ : nullptr, order.back ? &back_ : nullptr}) {
            if (!way) continue;
            if (order.kind == Order::Kind::cut)
                way->schedule.cut(timers_.now() + order.length);
            else
                way->schedule.impair(order.impairment);
        }
        say("ok");
    }

    static std::string words(const Schedule::Counts& counts) {
        return "passed=" + std::to_string(counts.passed) + " lost=" + std::to_string(counts.lost) +
               " overflowed=" + std::to_string(counts.overflowed) + " cut=" + std::to_string(counts.cut);
    }

    static void say(const std::string& line) {
        std::puts(line.c_str());
        std::fflush(stdout);
    }

    SystemTimers timers_;
    Descriptor left_, right_, orders_;
    Way forth_, back_;
};

int give_up(const Error& error, int code) {
    std::fprintf(stderr, "wmpf-test-cable: %s\n", error.text().c_str());
    return code;
}

}  // namespace

int run_cable(int argc, const char* const* argv) {
    const auto line = parse_command_line(spec, arguments_of(argc, argv));
    if (!line) return give_up(line.error(), 2);
    const auto left = make_end(line->value("left"));
    if (!left) return give_up(left.error(), 1);
    const auto right = make_end(line->value("right"));
    if (!right) return give_up(right.error(), 1);
    asio::io_context io{1};
    Cable cable(io, *left, *right, std::strtoull(line->value("seed", "1").c_str(), nullptr, 10));
    cable.run(io);
    return 0;
}

}  // namespace voip::test

int main(int argc, char** argv) {
    return voip::test::run_cable(argc, argv);
}
