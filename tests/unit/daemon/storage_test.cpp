#include "daemon/storage.hpp"

#include <limits>

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

namespace voip::daemon {
namespace {

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

control::HealthPart part_of(const HealthBook& book) {
    const control::Health health = book.get();
    REQUIRE(health.parts.size() == 1);
    return health.parts[0];
}

TEST_CASE("storage: a folder with room has no trouble, one with less than 2^64 - 1 bytes is full",
          "[daemon][unit]") {
    const test::TempDir dir;
    const StorageFacts fine = look_at_storage(dir.path(), 1);
    CHECK(fine.trouble.empty());
    CHECK(fine.free_bytes > 0);
    CHECK(look_at_storage(dir.path(), everything).trouble.find(": full, ") != std::string::npos);
}

TEST_CASE("storage: 2 folders that cannot be are named with the system's words", "[daemon][unit]") {
    const test::TempDir dir;
    const auto missing = dir.path() / "missing";
    CHECK(look_at_storage(missing, 1).trouble == missing.string() + ": No such file or directory");
    CHECK(look_at_storage("/proc/self/stat/folder", 1).trouble.find("Not a directory") != std::string::npos);
}

TEST_CASE("storage: a refused write is trouble until it goes well, 1 minute later", "[daemon][unit]") {
    const test::TempDir dir;
    ManualTimers timers;
    HealthBook book;
    std::string refusal;
    StorageWatch watch(
        dir.path(), [&] { return refusal; }, book, timers, Log());
    watch.check();
    CHECK(part_of(book).state == "ok");
    timers.advance(30s);
    refusal = "history.jsonl: Input/output error";
    watch.check();
    CHECK(part_of(book).state == "degraded");
    CHECK(part_of(book).reason == refusal);
    const UnixMillis since = part_of(book).since;
    timers.advance(30s);
    watch.check();
    CHECK(part_of(book).since == since);
    refusal.clear();
    watch.check();
    CHECK(part_of(book).state == "ok");
    CHECK(part_of(book).since == since + 30'000);
}

TEST_CASE("storage: nothing is written while the folder is in trouble, and it is said once",
          "[daemon][unit]") {
    const test::TempDir dir;
    ManualTimers timers;
    HealthBook book;
    std::vector<std::string> lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    int writes = 0;
    const auto count = [&] {
        ++writes;
        return std::string();
    };
    StorageWatch watch(dir.path() / "later", count, book, timers, Log(hub, "storage"));
    watch.check();
    watch.check();
    CHECK(writes == 0);
    CHECK(lines.size() == 1);
    CHECK(book.get().status == "degraded");
    std::filesystem::create_directory(dir.path() / "later");
    watch.check();
    CHECK(writes == 1);
    CHECK(lines.size() == 2);
    CHECK(book.get().status == "ok");
}

}  // namespace
}  // namespace voip::daemon
