#include "daemon/lifecycle/places.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/file.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/lifecycle/fake_environment.hpp"

using namespace voip;
using namespace voip::lifecycle;
using namespace voip::lifecycle::test;
using voip::test::TempDir;
using Paths = std::vector<std::filesystem::path>;

namespace {

const std::string own = "wmpf-voipd-" + std::to_string(::geteuid());

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

void make(const std::filesystem::path& path, mode_t mode) {
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("places: the demo lives in XDG_RUNTIME_DIR, else in TMPDIR, else in /tmp", "[lifecycle][unit]") {
    CHECK(demo_dir(FakeEnvironment{{"XDG_RUNTIME_DIR", "/run/user/7"}, {"TMPDIR", "/t"}}) ==
          "/run/user/7/wmpf-voipd");
    CHECK(demo_dir(FakeEnvironment{{"TMPDIR", "/t"}}) == "/t/" + own);
    CHECK(demo_dir(FakeEnvironment{}) == "/tmp/" + own);
    CHECK(demo_dir(FakeEnvironment{{"XDG_RUNTIME_DIR", ""}, {"TMPDIR", ""}}) == "/tmp/" + own);
    CHECK(demo_dir(FakeEnvironment{{"XDG_RUNTIME_DIR", "here"}, {"TMPDIR", "there"}}) == "/tmp/" + own);
}

TEST_CASE("places: the state is where the command line, the demo, the manager or the standard say",
          "[lifecycle][unit]") {
    const FakeEnvironment managed{{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"},
                                  {"XDG_RUNTIME_DIR", "/run/user/7"}};
    CHECK(state_dir(managed, "/given", true) == "/given");
    CHECK(state_dir(managed, "", true) == "/run/user/7/wmpf-voipd");
    CHECK(state_dir(managed, "", false) == "/var/lib/a");
    CHECK(state_dir(FakeEnvironment{}, "", false) == "/var/lib/wmpf-voipd");
}

TEST_CASE("places: the socket is where the command line, the demo or the configuration say",
          "[lifecycle][unit]") {
    const FakeEnvironment environment{{"XDG_RUNTIME_DIR", "/run/user/7"}};
    CHECK(socket_path(environment, "/given", true, "/configured") == "/given");
    CHECK(socket_path(environment, "", true, "/configured") == "/run/user/7/wmpf-voipd/api.sock");
    CHECK(socket_path(environment, "", false, "/configured") == "/configured");
}

TEST_CASE("places: a client tries what it was told, else the standard and the demo's socket",
          "[lifecycle][unit]") {
    const TempDir folder;
    const FakeEnvironment told{{"WMPF_VOIPD_SOCKET", "/told"}, {"XDG_RUNTIME_DIR", folder.path().string()}};
    CHECK(socket_candidates(told, "/given") == Paths{"/given"});
    CHECK(socket_candidates(told, "") == Paths{"/told"});
    const FakeEnvironment environment{{"XDG_RUNTIME_DIR", folder.path().string()}};
    CHECK(socket_candidates(environment, "") == Paths{standard_socket});
    make(folder / "wmpf-voipd", 0700);
    CHECK(socket_candidates(environment, "") == Paths{standard_socket, folder / "wmpf-voipd" / "api.sock"});
}

TEST_CASE("places: a demo folder that others may enter is not trusted by a client", "[lifecycle][unit]") {
    const TempDir folder;
    make(folder / "wmpf-voipd", 0755);
    const FakeEnvironment environment{{"XDG_RUNTIME_DIR", folder.path().string()}};
    CHECK(socket_candidates(environment, "") == Paths{standard_socket});
}

TEST_CASE("places: a folder is made with mode 0700, whatever the umask, and made again it stays",
          "[lifecycle][unit]") {
    const TempDir folder;
    const mode_t before = ::umask(0);
    const auto made = make_private_dir(folder / "state");
    ::umask(before);
    CHECK(made);
    CHECK(mode_of(folder / "state") == 0700);
    CHECK(make_private_dir(folder / "state"));
    CHECK(check_private_dir(folder / "state"));
}

TEST_CASE("places: an existing folder of ours keeps its mode; one that others may write to is refused",
          "[lifecycle][unit]") {
    const TempDir folder;
    make(folder / "readable", 0755);
    CHECK(make_private_dir(folder / "readable"));
    CHECK(mode_of(folder / "readable") == 0755);
    CHECK(check_private_dir(folder / "readable").error().is(Errc::refused));
    for (const mode_t mode : {mode_t{0770}, mode_t{0777}, mode_t{01777}, mode_t{0702}}) {
        const auto path = folder / std::to_string(mode);
        make(path, mode);
        const auto refused = make_private_dir(path);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().is(Errc::refused));
        CHECK(refused.error().context == path.string() + ": others may write to it");
    }
}

TEST_CASE("places: a link, a file and a folder without parent are refused with their path",
          "[lifecycle][unit]") {
    const TempDir folder;
    make(folder / "real", 0700);
    std::filesystem::create_directory_symlink(folder / "real", folder / "link");
    REQUIRE(write_file(folder / "file", "", 0600));
    const auto link = make_private_dir(folder / "link");
    REQUIRE_FALSE(link);
    CHECK(link.error().context == (folder / "link").string() + ": is a link");
    CHECK_FALSE(check_private_dir(folder / "link"));
    const auto file = make_private_dir(folder / "file");
    REQUIRE_FALSE(file);
    CHECK(file.error().context == (folder / "file").string() + ": is no folder");
    const auto orphan = make_private_dir(folder / "no" / "parent");
    REQUIRE_FALSE(orphan);
    CHECK(orphan.error().is(Errc::io));
    CHECK(orphan.error().context == (folder / "no" / "parent").string() + ": No such file or directory");
    CHECK(check_private_dir(folder / "absent").error().is(Errc::io));
}

TEST_CASE("places: a folder of another user is refused, also with mode 0700", "[lifecycle][unit]") {
    if (::geteuid() != 0) {  // root may give a folder away; anybody else looks at root's
        const auto refused = make_private_dir("/root");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().context == "/root: belongs to user 0");
        return;
    }
    const TempDir folder;
    make(folder / "theirs", 0700);
    REQUIRE(::chown((folder / "theirs").c_str(), 4242, 4242) == 0);
    const auto refused = make_private_dir(folder / "theirs");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(Errc::refused));
    CHECK(refused.error().context == (folder / "theirs").string() + ": belongs to user 4242");
    CHECK_FALSE(check_private_dir(folder / "theirs"));
}
