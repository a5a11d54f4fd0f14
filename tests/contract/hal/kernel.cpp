#include "tests/contract/hal/kernel.hpp"

#include <grp.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "hal/linux/fd.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::test {
namespace {

constexpr uid_t nobody = 65534;
pid_t aside = -1;

gid_t group_of(const char* name) {
    const group* const found = ::getgrnam(name);
    REQUIRE(found != nullptr);
    return found->gr_gid;
}

}  // namespace

Root::Root() {
    REQUIRE(::seteuid(0) == 0);
}
Root::~Root() {
    (void)!::seteuid(nobody);
}

void become_nobody() {
    if (::geteuid() == nobody) return;
    const std::array<gid_t, 2> groups{group_of("audio"), group_of("video")};
    REQUIRE(::setgroups(groups.size(), groups.data()) == 0);
    REQUIRE(::seteuid(nobody) == 0);
}

void shell(const std::string& command) {
    const Root root;
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
}

void shell_aside(const std::string& command) {
    const Root root;
    wait_for_shell();
    aside = ::fork();
    REQUIRE(aside >= 0);
    if (aside == 0) {
        ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
        ::_exit(127);
    }
}

void wait_for_shell() {
    if (aside < 0) return;
    int status = 0;
    CHECK(::waitpid(aside, &status, 0) == aside);
    CHECK(status == 0);
    aside = -1;
}

void wait_gone(const char* node) {
    const linux::Fd news(::inotify_init1(IN_CLOEXEC));
    const std::string folder = std::filesystem::path(node).parent_path();
    REQUIRE(::inotify_add_watch(news.get(), folder.c_str(), IN_DELETE) >= 0);
    pollfd deleted{news.get(), POLLIN, 0};
    std::array<char, 4096> which{};
    while (::access(node, F_OK) == 0) {
        INFO(node);
        REQUIRE(::poll(&deleted, 1, 5000) == 1);
        REQUIRE(::read(news.get(), which.data(), which.size()) > 0);
    }
}

}  // namespace voip::hal::test
