#include "daemon/media/program/sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace voip::media {
namespace {

constexpr std::uint64_t read_access =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t device_access =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t folder_access =
    device_access | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr std::uint64_t file_only =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
// Everything that the first version of Landlock can refuse; what is handled and not granted is refused.
constexpr std::uint64_t handled = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

/// Libraries and plugins, the resolver, sound's own configuration, and what the kernel tells.
constexpr const char* readable[] = {"/usr",
                                    "/lib",
                                    "/lib64",
                                    "/proc",
                                    "/sys",
                                    "/etc/ld.so.cache",
                                    "/etc/resolv.conf",
                                    "/etc/hosts",
                                    "/etc/host.conf",
                                    "/etc/nsswitch.conf",
                                    "/etc/gai.conf",
                                    "/etc/alsa",
                                    "/etc/asound.conf",
                                    "/etc/localtime",
                                    "/run/systemd/resolve"};

long ruleset(const landlock_ruleset_attr* attributes, std::size_t size, unsigned flags) {
    return ::syscall(SYS_landlock_create_ruleset, attributes, size, flags);
}

void allow(int rules, const char* path, std::uint64_t access) {
    const int at = ::open(path, O_PATH | O_CLOEXEC);
    if (at < 0) return;  // not on this machine
    landlock_path_beneath_attr rule{};
    rule.parent_fd = at;
    rule.allowed_access = access;
    if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        rule.allowed_access = access & file_only;  // of a file: the rights of folders are refused
        (void)::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    ::close(at);
}

bool restrict_files(const SandboxPaths& paths) {
    if (ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) return false;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = handled;
    const auto rules = static_cast<int>(ruleset(&attributes, sizeof attributes, 0));
    if (rules < 0) return false;
    for (const char* path : readable) allow(rules, path, read_access);
    allow(rules, "/dev", device_access);
    if (!paths.readable_file.empty()) allow(rules, paths.readable_file.c_str(), LANDLOCK_ACCESS_FS_READ_FILE);
    if (!paths.writable_folder.empty()) allow(rules, paths.writable_folder.c_str(), folder_access);
    const bool done = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ::close(rules);
    return done;
}

struct ReleaseFilter {
    void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

// What a process that carries media never needs, and what one that was taken over would want first.
constexpr int refused[] = {SCMP_SYS(execve),
                           SCMP_SYS(execveat),
                           SCMP_SYS(fork),
                           SCMP_SYS(vfork),
                           SCMP_SYS(ptrace),
                           SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev),
                           SCMP_SYS(listen),
                           SCMP_SYS(mount),
                           SCMP_SYS(umount2),
                           SCMP_SYS(pivot_root),
                           SCMP_SYS(chroot),
                           SCMP_SYS(setns),
                           SCMP_SYS(unshare),
                           SCMP_SYS(kexec_load),
                           SCMP_SYS(init_module),
                           SCMP_SYS(finit_module),
                           SCMP_SYS(delete_module),
                           SCMP_SYS(bpf),
                           SCMP_SYS(perf_event_open),
                           SCMP_SYS(keyctl),
                           SCMP_SYS(add_key),
                           SCMP_SYS(request_key),
                           SCMP_SYS(userfaultfd),
                           SCMP_SYS(io_uring_setup),
                           SCMP_SYS(reboot),
                           SCMP_SYS(swapon),
                           SCMP_SYS(swapoff),
                           SCMP_SYS(sethostname),
                           SCMP_SYS(setdomainname),
                           SCMP_SYS(settimeofday),
                           SCMP_SYS(clock_settime),
                           SCMP_SYS(adjtimex),
                           SCMP_SYS(acct),
                           SCMP_SYS(quotactl),
                           SCMP_SYS(mknod),
                           SCMP_SYS(mknodat),
                           SCMP_SYS(setuid),
                           SCMP_SYS(setgid),
                           SCMP_SYS(setresuid),
                           SCMP_SYS(setresgid)};
// Addresses are looked up by netlink, the resolver's and sound's helpers by Unix sockets.
constexpr int refused_families[] = {AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH,
                                    AF_CAN,    AF_XDP,   AF_KEY, AF_TIPC};

bool fill(scmp_filter_ctx filter) {
    const auto no = SCMP_ACT_ERRNO(EPERM);
    for (const int call : refused)
        if (seccomp_rule_add(filter, no, call, 0) != 0) return false;
    for (const int family : refused_families)
        if (seccomp_rule_add(filter, no, SCMP_SYS(socket), 1,
                             SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))) != 0)
            return false;
    // Threads yes, processes no. The newer call hides its flags from us; the C library takes the older one
    // then.
    if (seccomp_rule_add(filter, no, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) != 0)
        return false;
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0) return false;
    return seccomp_rule_add(filter, no, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TIOCSTI)) == 0;
}

bool restrict_calls() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter || seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0) != 0) return false;
    return fill(filter.get()) && seccomp_load(filter.get()) == 0;
}

void limit(int what, rlim_t value) {
    const rlimit limits{value, value};
    (void)::setrlimit(static_cast<__rlimit_resource_t>(what), &limits);
}

}  // namespace

Sandbox lock_up(const SandboxPaths& paths, const Log& log) {
    Sandbox made;
    limit(RLIMIT_CORE, 0);      // a dump would hold what was said
    limit(RLIMIT_NOFILE, 512);  // some dozens are used
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        log.warning("no sandbox", kv("why", std::strerror(errno)));
        return made;
    }
    made.landlock = restrict_files(paths);
    if (!made.landlock) log.notice("this kernel has no Landlock: files are not locked away");
    made.seccomp = restrict_calls();
    if (!made.seccomp) log.notice("this kernel has no seccomp filters: system calls are not limited");
    return made;
}

}  // namespace voip::media
