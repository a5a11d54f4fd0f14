// What is locked is locked for good, so every case tries it in a process of its own.
#include "daemon/media/program/sandbox.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/component/media_program/kernel_has.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace voip;
using media::Sandbox;
using media::SandboxNeeds;
using test::has_landlock;
using test::has_seccomp;

namespace {

/// Says so when the case has nothing to try.
bool skip_without(bool there, const char* what) {
    if (!there) WARN("skipped: this kernel has no " << what);
    return !there;
}

/// The kernel answers this call from now on as one does that never had it.
bool take_away(int call) {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    const bool done =
        filter && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

/// Whether `holds` is true in a child that has locked itself up. Nothing of the test's runs after it.
bool in_sandbox(const SandboxNeeds& paths, const std::function<bool(const Sandbox&)>& holds) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const Sandbox made = media::lock_up(paths, Log());
        ::_exit(holds(made) ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
bool in_sandbox(const std::function<bool()>& holds) {
    return in_sandbox({}, [&](const Sandbox&) { return holds(); });
}

bool opens(const std::string& path, int flags = O_RDONLY) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
}
bool refused(long result, int with = EPERM) {
    return result == -1 && errno == with;
}

}  // namespace

TEST_CASE("media sandbox: it says what it has locked", "[media][component]") {
    CHECK(in_sandbox({}, [](const Sandbox& made) {
        return made.seccomp == has_seccomp() && made.landlock == has_landlock();
    }));
}

TEST_CASE(
    "media sandbox: a kernel without Landlock is told of in 1 line, and the rest is locked all the same",
    "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::vector<std::string> lines;
        LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
        if (!take_away(SYS_landlock_create_ruleset)) ::_exit(2);
        const Sandbox made = media::lock_up({}, Log(hub, "media"));
        const bool told =
            lines.size() == 1 &&
            lines[0].find("this kernel has no Landlock: files are not locked away") != std::string::npos;
        const bool open_files = opens("/etc/passwd");
        ::_exit(told && open_files && !made.landlock && made.seccomp && refused(::fork()) ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("media sandbox: passwords, state, configuration and homes are out of reach", "[media][component]") {
    if (skip_without(has_landlock(), "Landlock")) return;
    const test::TempDir state;  // stands for /var/lib/wmpf-voipd: any folder that was not granted
    std::ofstream(state / "identity.json") << "{}";
    REQUIRE(opens(state / "identity.json"));
    REQUIRE(opens("/etc/passwd"));
    CHECK(in_sandbox([&] {
        return !opens("/etc/shadow") && !opens("/etc/passwd") && !opens(state / "identity.json") &&
               !opens(state / "new", O_WRONLY | O_CREAT) && !opens("/root") && !opens("/home") &&
               !opens("/etc/wmpf-voipd") && !opens("/var/lib") &&
               refused(::mkdir((state / "d").c_str(), 0700), EACCES);
    }));
}

TEST_CASE("media sandbox: libraries, resolver and devices stay within reach", "[media][component]") {
    CHECK(in_sandbox([] {
        return opens("/usr/lib") && opens("/dev/null", O_RDWR) && opens("/proc/self/status") &&
               opens("/etc/resolv.conf") && opens("/etc/hosts");
    }));
}

TEST_CASE("media sandbox: the granted file and folder alone are in reach", "[media][component]") {
    const test::TempDir granted, other;
    std::ofstream(other / "picture.h264") << "x";
    std::ofstream(other / "secret") << "x";
    const SandboxNeeds paths{(other / "picture.h264").string(), granted.path().string()};
    CHECK(in_sandbox(paths, [&](const Sandbox& made) {
        return opens(other / "picture.h264") && opens(granted / "speaker.s16", O_WRONLY | O_CREAT) &&
               (!made.landlock || (!opens(other / "secret") && !opens(other / "picture.h264", O_WRONLY)));
    }));
}

TEST_CASE("media sandbox: no program is started and no process made", "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        const char* const argv[] = {"/bin/true", nullptr};
        return refused(::execve(argv[0], const_cast<char* const*>(argv), nullptr)) &&
               refused(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)) &&
               refused(::fork());
    }));
}

TEST_CASE("media sandbox: threads are made, and are locked up too", "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        bool locked = false;
        std::thread([&] {
            const char* const argv[] = {"/bin/true", nullptr};
            locked = refused(::execve(argv[0], const_cast<char* const*>(argv), nullptr)) &&
                     (!has_landlock() || !opens("/etc/shadow"));
        }).join();
        return locked;
    }));
}

TEST_CASE("media sandbox: other processes, the kernel's keys and raw networks are refused",
          "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        return refused(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr)) &&
               refused(::unshare(CLONE_NEWUSER)) && refused(::syscall(SYS_keyctl, 0, 0, 0, 0, 0)) &&
               refused(::syscall(SYS_bpf, 0, nullptr, 0)) && refused(::socket(AF_PACKET, SOCK_RAW, 0)) &&
               refused(::socket(AF_ALG, SOCK_SEQPACKET, 0)) && refused(::setuid(0));
    }));
}

TEST_CASE("media sandbox: it connects out and listens to nobody", "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        const int udp = ::socket(AF_INET, SOCK_DGRAM, 0);
        const int tcp = ::socket(AF_INET6, SOCK_STREAM, 0);
        const int netlink = ::socket(AF_NETLINK, SOCK_RAW, 0);
        return udp >= 0 && tcp >= 0 && netlink >= 0 && refused(::listen(tcp, 1));
    }));
}

TEST_CASE("media sandbox: no new privileges, no core dump, few descriptors", "[media][component]") {
    CHECK(in_sandbox([] {
        rlimit core{}, files{};
        ::getrlimit(RLIMIT_CORE, &core);
        ::getrlimit(RLIMIT_NOFILE, &files);
        return core.rlim_max == 0 && files.rlim_max <= 1024 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    }));
}

TEST_CASE(
    "media sandbox: no Unix socket is made, so the daemon's own is out of reach; where helpers are needed it "
    "is",
    "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    const auto makes = [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; };
    CHECK(in_sandbox([&] { return !makes() && errno == EPERM; }));
    CHECK(in_sandbox({{}, {}, true}, [&](const Sandbox&) { return makes(); }));
}

TEST_CASE("media sandbox: signals reach the process itself and nobody else", "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        return ::kill(::getpid(), 0) == 0 && refused(::kill(::getppid(), 0)) && refused(::kill(-1, 0)) &&
               refused(::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0)) &&
               ::syscall(SYS_tgkill, ::getpid(), ::gettid(), 0) == 0;
    }));
}

TEST_CASE("media sandbox: user, groups and clock stay, by all the names that the processor has for them",
          "[media][component]") {
    if (skip_without(has_seccomp(), "seccomp filters")) return;
    CHECK(in_sandbox([] {
        const gid_t group = ::getgid();
        const timespec now{};
        return refused(::setuid(::getuid())) && refused(::setreuid(0, 0)) && refused(::setresuid(0, 0, 0)) &&
               refused(::setgid(group)) && refused(::setregid(0, 0)) && refused(::setresgid(0, 0, 0)) &&
               refused(::setgroups(1, &group)) && refused(::clock_settime(CLOCK_REALTIME, &now));
    }));
}
