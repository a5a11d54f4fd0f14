// Devices that are missing, come, vanish and come again; the news are the real kernel's, of a folder of the
// test.
#include "hal/linux/keeper.hpp"

#include <fstream>

#include "hal/linux/node.hpp"
#include "tests/component/hal_linux/world.hpp"
#include "tests/support/temp_dir.hpp"

namespace voip::hal::linux::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct KeeperBench {
    explicit KeeperBench(const fs::path& below = "") {
        folder = dir.path() / below;
        node = folder / "node";
    }
    Keeper keep() {
        return Keeper(
            world.timers, *world.around.watch, "device:x", {folder.string()},
            {[this] {
                 ++tries;
                 const auto opened = open_node(node, O_RDONLY);
                 return opened ? Result<void>() : Result<void>(opened.error());
             },
             [this] { return fs::exists(node) ? Result<void>() : Result<void>(os_error(node, ENODEV)); },
             [this] { ++closed; },
             [this](const Result<void>& state) { told.push_back(state ? "well" : state.error().text()); }},
            world.around.log);
    }
    void make() const { std::ofstream(node) << "x"; }

    test::World world;
    voip::test::TempDir dir;
    fs::path folder, node;
    int tries = 0, closed = 0;
    Words told;
};

}  // namespace

TEST_CASE("keeper: a device that is there is open at once and 0 words are said", "[hal][component]") {
    KeeperBench bench;
    bench.make();
    Keeper keeper = bench.keep();
    CHECK(keeper.open());
    CHECK(keeper.is_open());
    bench.world.pass(60s);
    CHECK(bench.told.empty());
    CHECK(bench.tries == 1);
}

TEST_CASE("keeper: a missing device is told 1 time and tried after 1, 2, 4, 8, 10, 10 s",
          "[hal][component]") {
    KeeperBench bench;
    Keeper keeper = bench.keep();
    CHECK(keeper.open().error().is(Errc::device_gone));
    CHECK(bench.told.empty());  // never inside a call
    for (const Duration pause : {1s, 2s, 4s, 8s, 10s, 10s}) {
        const int before = bench.tries;
        bench.world.pass(pause - 1ms);
        CHECK(bench.tries == before);
        bench.world.pass(1ms);
        CHECK(bench.tries == before + 1);
    }
    CHECK(bench.told == Words{bench.node.string() + " is not there: device gone"});
}

TEST_CASE("keeper: a node that appears is opened 50 ms after the news, long before the next look",
          "[hal][component]") {
    KeeperBench bench;
    Keeper keeper = bench.keep();
    CHECK_FALSE(keeper.open());
    bench.world.pass(20s);
    const TimePoint later = bench.world.timers.next();
    bench.make();
    bench.world.until([&] { return bench.world.timers.next() < later; });
    bench.world.pass(50ms);
    CHECK(keeper.is_open());
    CHECK(bench.told.back() == "well");
}

TEST_CASE("keeper: a folder that does not exist yet is watched for, 2 levels deep", "[hal][component]") {
    KeeperBench bench("input/by-path");
    Keeper keeper = bench.keep();
    CHECK_FALSE(keeper.open());
    bench.world.pass(20s);
    fs::create_directory(bench.dir / "input");
    bench.world.until([&] { return bench.world.timers.next() <= bench.world.timers.now() + 50ms; });
    bench.world.pass(50ms);
    const TimePoint later = bench.world.timers.next();
    fs::create_directory(bench.folder);
    bench.make();
    bench.world.until([&] { return bench.world.timers.next() < later; });
    bench.world.pass(50ms);
    CHECK(keeper.is_open());
}

TEST_CASE("keeper: an open device whose node goes is closed, told and looked for again", "[hal][component]") {
    KeeperBench bench;
    bench.make();
    Keeper keeper = bench.keep();
    REQUIRE(keeper.open());
    fs::remove(bench.node);
    bench.world.until([&] { return !keeper.is_open(); });
    CHECK(bench.closed == 1);
    bench.world.pass(0ms);
    CHECK(bench.told == Words{bench.node.string() + " has vanished: device gone"});
    bench.make();
    bench.world.pass(10s);
    CHECK(keeper.is_open());
    CHECK(bench.told.back() == "well");
}

TEST_CASE("keeper: a device that fails in use may be back at once: 1 look after 50 ms", "[hal][component]") {
    KeeperBench bench;
    bench.make();
    Keeper keeper = bench.keep();
    REQUIRE(keeper.open());
    keeper.lost(fail(Errc::io, "it coughed"));
    keeper.lost(fail(Errc::io, "again"));  // not open any more: nothing
    bench.world.pass(50ms);
    CHECK(keeper.is_open());
    CHECK(bench.closed == 1);
    CHECK(bench.told == Words{"it coughed: input/output failed", "well"});
}

TEST_CASE("keeper: what it tells may end it", "[hal][component]") {
    KeeperBench bench;
    std::unique_ptr<Keeper> keeper;
    keeper = std::make_unique<Keeper>(
        bench.world.timers, *bench.world.around.watch, "x", std::vector<std::string>{},
        Keeper::Hooks{[]() -> Result<void> { return fail(Errc::io, "no"); }, [] { return Result<void>(); },
                      [] {}, [&](const Result<void>&) { keeper.reset(); }},
        Log());
    CHECK_FALSE(keeper->open());
    bench.world.pass(10s);
    CHECK_FALSE(keeper);
    CHECK(bench.world.timers.pending() == 0);
}

TEST_CASE("os errors: each kind is said in words that name what to look at", "[hal][component]") {
    const auto text = [](int number) { return os_error("/dev/x", number).text(); };
    CHECK(text(ENOENT) == "/dev/x is not there: device gone");
    CHECK(text(ENODEV) == "/dev/x has vanished: device gone");
    CHECK(os_error("/dev/x", EACCES).is(Errc::refused));
    CHECK(os_error("/dev/x", EACCES).context == "/dev/x: permission denied");
    CHECK(os_error("/dev/x", EBUSY).context == "/dev/x is in use by another program");
    CHECK(os_error("/dev/x", ENOTTY).context == "/dev/x is another kind of device");
    CHECK(os_error("/dev/x", EINVAL).is(Errc::io));
}

}  // namespace voip::hal::linux::test
