// How the process is started: what it inherits, and that nothing of it is left behind.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/component/media_supervisor/world.hpp"
#include "tests/support/printers.hpp"

namespace voip::media::host::test {
namespace {

/// Waits, without a loop, until the kernel has it.
std::string wait_for_end(Child& child) {
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT) == 0);
    return child.reap();
}

TEST_CASE("child: gets 4 descriptors, its own variables, no blocked or ignored signal, a session of its own",
          "[media][component]") {
    // What it must not inherit: descriptors without CLOEXEC, a blocked and an ignored signal, variables.
    const int leak = ::open("/dev/null", O_RDONLY);
    const int high_leak = ::fcntl(leak, F_DUPFD, 200);
    REQUIRE(high_leak >= 200);
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto pipe_before = std::signal(SIGPIPE, SIG_IGN);
    ::setenv("NOTIFY_SOCKET", "/run/x", 1);
    {
        World w;
        w.prepare();
        w.until_noted("media.prepare");
        CHECK(w.noted("fds") == "fds 0 1 2 3");
        CHECK(w.noted("env").find(" FAKE_LOG=") != std::string::npos);
        CHECK(w.noted("env").find("NOTIFY_SOCKET") == std::string::npos);
        CHECK(w.noted("death signal") == "death signal 9");
        CHECK(w.noted("own session") == "own session yes");
        CHECK(w.noted("SIGUSR1") == "SIGUSR1 blocked no");
        CHECK(w.noted("SIGPIPE") == "SIGPIPE ignored no");
        CHECK(w.noted("oom") == "oom 500");
        CHECK(w.noted("media.prepare").find(R"("generation":1)") != std::string::npos);
        CHECK(w.noted("media.prepare").find(R"("driver":"sim")") != std::string::npos);
    }
    ::unsetenv("NOTIFY_SOCKET");
    std::signal(SIGPIPE, pipe_before);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::close(leak);
    ::close(high_leak);
}

TEST_CASE("child: 3 programs that cannot be started are named with the reason", "[media][component]") {
    const voip::test::TempDir folder;
    CHECK(Child::start({"/no/such/program", {}}).error().context ==
          "/no/such/program: No such file or directory");
    CHECK(Child::start({"/no/such/program", {}}).error().is(Errc::not_found));
    const std::string plain = (folder / "plain").string();
    ::close(::open(plain.c_str(), O_CREAT | O_WRONLY, 0600));
    CHECK(Child::start({plain, {}}).error().is(Errc::refused));
    ::chmod(plain.c_str(), 0700);  // executable, and no program
    auto odd = Child::start({plain, {}});
    REQUIRE(odd);
    CHECK(wait_for_end(*odd) == "ended with status 127");
}

TEST_CASE("child: each end is told once in words, and nothing is left of one that was given up",
          "[media][component]") {
    auto ends = Child::start({"/bin/false", {}});
    REQUIRE(ends);
    CHECK(wait_for_end(*ends) == "ended with status 1");
    CHECK(ends->reap().empty());

    auto lives =
        Child::start({"/bin/cat", {}});  // its input is /dev/null: it ends; so kill one that does not
    REQUIRE(lives);
    CHECK(wait_for_end(*lives) == "ended with status 0");

    const voip::test::TempDir folder;
    pid_t pid = 0;
    {
        auto fake = Child::start({fake_program(), {"FAKE_LOG=" + (folder / "log").string()}});
        REQUIRE(fake);
        pid = fake->pid();
        CHECK(fake->reap().empty());
        CHECK(exists(pid));
    }
    CHECK_FALSE(exists(pid));

    auto killed = Child::start({fake_program(), {"FAKE_LOG=" + (folder / "log").string()}});
    REQUIRE(killed);
    killed->kill();
    CHECK(wait_for_end(*killed) == "was killed by signal 9 (Killed)");
}

TEST_CASE("child: a daemon that dies takes the program with it", "[media][component]") {
    const voip::test::TempDir folder;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t daemon = ::fork();
    if (daemon == 0) {
        auto child =
            Child::start({fake_program(), {"FAKE_LOG=" + (folder / "log").string(), "FAKE_PLAN=stop=stay"}});
        const pid_t pid = child ? child->pid() : 0;
        (void)!::write(ends[1], &pid, sizeof pid);
        ::pause();
        ::_exit(0);
    }
    pid_t pid = 0;
    REQUIRE(::read(ends[0], &pid, sizeof pid) == static_cast<ssize_t>(sizeof pid));
    REQUIRE(pid > 0);
    REQUIRE(exists(pid));
    ::kill(daemon, SIGKILL);
    ::waitpid(daemon, nullptr, 0);
    World clock;  // for its patience
    clock.until(
        [&] {
            // Who inherits it (init) may be slow to reap: a zombie has ended too.
            std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
            std::string number, name, state;
            stat >> number >> name >> state;
            return !stat || state == "Z";
        },
        "the program has ended");
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace voip::media::host::test
