#include "daemon/media/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace voip::media::host {
namespace {

constexpr int wire_fd = 3;
constexpr int not_executed = 127;
// Above every daemon: a call may be lost, the device that can make the next one must not be.
constexpr char oom_score[] = "500";

std::string words(int number) {
    return std::error_code(number, std::generic_category()).message();
}

// From here to exec only what POSIX allows after a fork in a process that may have threads.

void close_from(int first) noexcept {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
    rlimit limit{};
    constexpr int sane = 65536;  // ours carry CLOEXEC besides
    const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < sane;
    const int end = known ? static_cast<int>(limit.rlim_cur) : sane;
    for (int fd = first; fd < end; ++fd) ::close(fd);
}

void yield_memory() noexcept {
    const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!::write(fd, oom_score, sizeof oom_score - 1);
    ::close(fd);
}

void reset_signals() noexcept {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int wire,
                         pid_t parent) noexcept {
    reset_signals();
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(not_executed);  // it died before the line above
    const int nothing = ::open("/dev/null", O_RDWR);
    if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0) ::_exit(not_executed);
    if (::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) ::dup2(nothing, STDOUT_FILENO);
    if (wire == wire_fd) {
        if (::fcntl(wire, F_SETFD, 0) < 0) ::_exit(not_executed);
    } else if (::dup2(wire, wire_fd) < 0) {
        ::_exit(not_executed);
    }
    close_from(wire_fd + 1);
    yield_memory();
    ::execve(program, arguments, environment);
    ::_exit(not_executed);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

Result<void> judge(const std::string& program) {
    if (::access(program.c_str(), X_OK) == 0) return {};
    const int number = errno;
    const std::string text = program + ": " + words(number);
    if (number == ENOENT || number == ENOTDIR) return fail(Errc::not_found, text);
    return fail(number == EACCES ? Errc::refused : Errc::io, text);
}

std::string in_words(int status) {
    if (WIFEXITED(status)) return "ended with status " + std::to_string(WEXITSTATUS(status));
    const int number = WTERMSIG(status);
    const char* name = ::strsignal(number);
    return "was killed by signal " + std::to_string(number) + " (" + (name ? name : "?") + ")";
}

}  // namespace

Result<Child> Child::start(const ChildSpec& spec) {
    if (auto runs = judge(spec.program); !runs) return runs.error();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(Errc::io, "socketpair: " + words(errno));
    std::vector<std::string> arguments{spec.program.substr(spec.program.rfind('/') + 1)};
    std::vector<std::string> environment = spec.environment;
    const auto argument_list = pointers(arguments);
    const auto variables = pointers(environment);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) become(spec.program.c_str(), argument_list.data(), variables.data(), ends[1], parent);
    const int number = errno;
    ::close(ends[1]);
    if (pid < 0) {
        ::close(ends[0]);
        return fail(Errc::io, "fork: " + words(number));
    }
    return Child(pid, ends[0]);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), wire_(std::exchange(other.wire_, -1)) {}

Child::~Child() {
    if (wire_ >= 0) ::close(wire_);
    if (pid_ == 0) return;
    kill();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

int Child::take_wire() noexcept {
    return std::exchange(wire_, -1);
}

void Child::kill() noexcept {
    if (pid_ != 0) ::kill(pid_, SIGKILL);  // not reaped: the number is still its own
}

std::string Child::reap() noexcept {
    if (pid_ == 0) return {};
    int status = 0;
    const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) return {};
    pid_ = 0;
    return reaped < 0 ? "has vanished" : in_words(status);
}

}  // namespace voip::media::host
