#include "core/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/catch.hpp"

using namespace voip;
namespace fs = std::filesystem;

namespace {

/// A folder of its own, gone at the end.
class TempFolder {
 public:
    TempFolder() {
        std::string name = (fs::temp_directory_path() / "voip-file-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(path_))
            all.push_back(entry.path().filename().string());
        std::sort(all.begin(), all.end());
        return all;
    }

 private:
    fs::path path_;
};

unsigned mode_of(const fs::path& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777U;
}

}  // namespace

TEST_CASE("file: what was written is read, every byte of 256 and an empty one", "[core][unit]") {
    const TempFolder folder;
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    for (const std::string& content : {std::string(), all, std::string(100000, 'x')}) {
        REQUIRE(write_file(folder / "state", content, 0600));
        const auto read = read_file(folder / "state", 100000);
        REQUIRE(read);
        CHECK(*read == content);
    }
}

TEST_CASE("file: the permissions are the asked ones, whatever the umask is and whatever was there",
          "[core][unit]") {
    const TempFolder folder;
    const auto before = ::umask(0077);
    REQUIRE(write_file(folder / "open", "x", 0644));
    REQUIRE(write_file(folder / "secret", "x", 0644));
    REQUIRE(write_file(folder / "secret", "y", 0600));
    ::umask(before);
    CHECK(mode_of(folder / "open") == 0644);
    CHECK(mode_of(folder / "secret") == 0600);
}

TEST_CASE("file: replacing is atomic, a reader that has the old file keeps it whole", "[core][unit]") {
    const TempFolder folder;
    REQUIRE(write_file(folder / "state", "old content", 0600));
    std::ifstream reader(folder / "state");
    REQUIRE(write_file(folder / "state", "new", 0600));
    const std::string seen{std::istreambuf_iterator<char>(reader), {}};
    CHECK(seen == "old content");
    CHECK(*read_file(folder / "state", 100) == "new");
    CHECK(folder.names() == std::vector<std::string>{"state"});
}

TEST_CASE("file: a write that fails leaves the old content and no temporary file", "[core][unit]") {
    const TempFolder folder;
    fs::create_directory(folder / "state");  // a folder in the way: the rename fails
    REQUIRE(write_file(folder / "state/inner", "kept", 0600));
    const auto failed = write_file(folder / "state", "new", 0600);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().is(Errc::io));
    CHECK(failed.error().context.find((folder / "state").string()) == 0);
    CHECK(folder.names() == std::vector<std::string>{"state"});
    CHECK(*read_file(folder / "state/inner", 100) == "kept");

    const auto nowhere = write_file(folder / "none/state", "new", 0600);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().is(Errc::not_found));
}

TEST_CASE("file: the limit of a read is exact, 10 bytes pass and 11 are too large", "[core][unit]") {
    const TempFolder folder;
    REQUIRE(write_file(folder / "state", "0123456789", 0600));
    CHECK(read_file(folder / "state", 10));
    const auto large = read_file(folder / "state", 9);
    REQUIRE_FALSE(large);
    CHECK(large.error().is(Errc::too_large));
    REQUIRE(write_file(folder / "large", std::string(200000, 'x'), 0600));
    CHECK(read_file(folder / "large", 199999).error().is(Errc::too_large));
}

TEST_CASE("file: one of 5 GiB is too large, not unreadable, also where pointers have 32 bits",
          "[core][unit]") {
    static_assert(sizeof(off_t) == 8);
    const TempFolder folder;
    REQUIRE(write_file(folder / "huge", "x", 0600));
    fs::resize_file(folder / "huge", 5ULL << 30U);  // takes no room on the disk
    CHECK(read_file(folder / "huge", 100'000).error().is(Errc::too_large));
}

TEST_CASE("file: what cannot be read is told apart: absent, a folder, not permitted", "[core][unit]") {
    const TempFolder folder;
    CHECK(read_file(folder / "none", 10).error().is(Errc::not_found));
    CHECK(read_file(folder / ".", 10).error().is(Errc::io));
    if (::geteuid() == 0) return;  // root reads everything
    REQUIRE(write_file(folder / "closed", "x", 0000));
    const auto closed = read_file(folder / "closed", 10);
    REQUIRE_FALSE(closed);
    CHECK(closed.error().is(Errc::io));
}

TEST_CASE("file: appending keeps what is there and makes the file with its mode", "[core][unit]") {
    const TempFolder folder;
    REQUIRE(append_file(folder / "log", "one\n", 0640));
    REQUIRE(append_file(folder / "log", "two\n", 0600));
    CHECK(*read_file(folder / "log", 100) == "one\ntwo\n");
    CHECK((mode_of(folder / "log") & 0600U) == 0600U);
    CHECK_FALSE(append_file(folder / "none/log", "x", 0600));
    if (!fs::exists("/dev/full")) return;
    const auto full = append_file("/dev/full", "x", 0600);
    REQUIRE_FALSE(full);
    CHECK(full.error().is(Errc::io));
}

TEST_CASE("file: a damaged file is set aside, the newest one wins", "[core][unit]") {
    const TempFolder folder;
    REQUIRE(write_file(folder / "state", "first", 0600));
    const auto aside = set_aside(folder / "state");
    REQUIRE(aside);
    CHECK(*aside == folder / "state.damaged");
    REQUIRE(write_file(folder / "state", "second", 0600));
    REQUIRE(set_aside(folder / "state"));
    CHECK(*read_file(folder / "state.damaged", 100) == "second");
    CHECK(folder.names() == std::vector<std::string>{"state.damaged"});
    CHECK(set_aside(folder / "state").error().is(Errc::not_found));
}

TEST_CASE("file: a path without a folder is one of the working folder", "[core][unit]") {
    const TempFolder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder / ".");
    const auto written = write_file("plain", "x", 0600);
    const auto aside = set_aside("plain");
    fs::current_path(before);
    CHECK(written);
    CHECK(aside);
    CHECK(folder.names() == std::vector<std::string>{"plain.damaged"});
}
