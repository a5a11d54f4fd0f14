#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "daemon/ctl/deadline.hpp"
#include "daemon/ctl/selftest.hpp"
#include "hal/linux/fd.hpp"

namespace voip::ctl {
namespace {

using hal::linux::Fd;

constexpr std::size_t longest_output = 64 * 1024;

Error failed(const std::string& what) {
    return fail(Errc::io, what + ": " + std::strerror(errno));
}

/// A file in memory with the text, to be read from its beginning.
Result<Fd> in_memory(const std::string& text) {
    Fd file(::memfd_create("input", MFD_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        return failed("input");
    return file;
}

Result<pid_t> spawn(const std::string& program, int in, int out) {
    // Asked first: an emulator of processors lets posix_spawn() succeed, and the child end with 127.
    if (::access(program.c_str(), X_OK) != 0 && errno == ENOENT)
        return fail(Errc::not_found, program + " is not installed");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    std::string own = program, option = "--selftest";
    std::array<char*, 3> arguments{own.data(), option.data(), nullptr};
    pid_t child = -1;
    const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return fail(Errc::io, program + ": " + std::strerror(error));
    return child;
}

/// Everything until the other end is closed. @errors timeout, cancelled (not wanted any more), too_large
Result<std::string> read_all(int fd, const Deadline& deadline, const StillWanted& wanted) {
    constexpr int glance_ms = 200;
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        std::array<pollfd, 2> ready{pollfd{fd, POLLIN, 0}, pollfd{deadline.fd(), POLLIN, 0}};
        if (::poll(ready.data(), ready.size(), glance_ms) < 0 && errno != EINTR) return failed("poll");
        if (ready[1].revents != 0) return fail(Errc::timeout, "the media program hangs");
        if (!wanted()) return fail(Errc::cancelled, "a call began, and has its devices back");
        if (ready[0].revents == 0) continue;
        const ssize_t got = ::read(fd, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(part.data(), static_cast<std::size_t>(got));
        if (text.size() > longest_output) return fail(Errc::too_large, "the media program's verdict");
    }
}

}  // namespace

Result<std::string> run_media_program(const std::string& program, const std::string& input, Duration longest,
                                      const StillWanted& wanted) {
    const auto deadline = Deadline::in(longest);
    if (!deadline) return deadline.error();
    const auto in = in_memory(input);
    if (!in) return in.error();
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed("pipe");
    const Fd ours(ends[0]);
    Fd theirs(ends[1]);
    const auto child = spawn(program, in->get(), theirs.get());
    if (!child) return child.error();
    theirs.reset();  // its end is the child's end
    auto text = read_all(ours.get(), *deadline, wanted);
    if (!text) ::kill(*child, SIGKILL);
    int status = 0;
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) continue;
    if (text && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        return fail(Errc::io, program + " could not try the devices; see above");
    return text;
}

}  // namespace voip::ctl
