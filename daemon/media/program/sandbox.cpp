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

bool restrict_files(const SandboxNeeds& needs) {
    if (ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) return false;
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = handled;
    const auto rules = static_cast<int>(ruleset(&attributes, sizeof attributes, 0));
    if (rules < 0) return false;
    for (const char* path : readable) allow(rules, path, read_access);
    allow(rules, "/dev", device_access);
    if (!needs.readable_file.empty()) allow(rules, needs.readable_file.c_str(), LANDLOCK_ACCESS_FS_READ_FILE);
    if (!needs.writable_folder.empty()) allow(rules, needs.writable_folder.c_str(), folder_access);
    const bool done = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ::close(rules);
    return done;
}

struct ReleaseFilter {
    void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

// What a process that carries media never needs, and what one that was taken over would want first. Where an
// architecture has a call under several names (32-bit ones: users and times of 64 bits), all are here; the
// library passes over those that ours has not.
constexpr int refused[] = {
    // programs and processes
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise), SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(tkill),
    // others speaking to us
    SCMP_SYS(listen),
    // file systems and namespaces
    SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
    SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr),
    SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(mknod),
    SCMP_SYS(mknodat), SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    // the kernel's own
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
    SCMP_SYS(delete_module), SCMP_SYS(create_module), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(syslog),
    SCMP_SYS(personality), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(vhangup), SCMP_SYS(acct),
    SCMP_SYS(reboot), SCMP_SYS(sethostname), SCMP_SYS(setdomainname),
    // the clock
    SCMP_SYS(settimeofday), SCMP_SYS(stime), SCMP_SYS(adjtimex), SCMP_SYS(clock_settime),
    SCMP_SYS(clock_settime64), SCMP_SYS(clock_adjtime), SCMP_SYS(clock_adjtime64),
    // users and groups
    SCMP_SYS(setuid), SCMP_SYS(setuid32), SCMP_SYS(setgid), SCMP_SYS(setgid32), SCMP_SYS(setreuid),
    SCMP_SYS(setreuid32), SCMP_SYS(setregid), SCMP_SYS(setregid32), SCMP_SYS(setresuid),
    SCMP_SYS(setresuid32), SCMP_SYS(setresgid), SCMP_SYS(setresgid32), SCMP_SYS(setfsuid),
    SCMP_SYS(setfsuid32), SCMP_SYS(setfsgid), SCMP_SYS(setfsgid32), SCMP_SYS(setgroups),
    SCMP_SYS(setgroups32), SCMP_SYS(capset)};
// Addresses are looked up by netlink.
constexpr int refused_families[] = {AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH,
                                    AF_CAN,    AF_XDP,   AF_KEY, AF_TIPC};

bool refuse_family(scmp_filter_ctx filter, int family) {
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))) == 0;
}

/// Signals reach this process alone: an abort does, the daemon (of the same user) is out of reach.
bool keep_signals(scmp_filter_ctx filter) {
    const auto own = static_cast<scmp_datum_t>(::getpid());
    for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)})
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1, SCMP_A0(SCMP_CMP_NE, own)) != 0)
            return false;
    return true;
}

bool fill(scmp_filter_ctx filter, const SandboxNeeds& needs) {
    const auto no = SCMP_ACT_ERRNO(EPERM);
    for (const int call : refused)
        if (seccomp_rule_add(filter, no, call, 0) != 0) return false;
    for (const int family : refused_families)
        if (!refuse_family(filter, family)) return false;
    if (!needs.unix_sockets && !refuse_family(filter, AF_UNIX)) return false;
    if (!keep_signals(filter)) return false;
    // Threads yes, processes no. The newer call hides its flags from us; the C library takes the older one
    // then.
    if (seccomp_rule_add(filter, no, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) != 0)
        return false;
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0) return false;
    return seccomp_rule_add(filter, no, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TIOCSTI)) == 0;
}

bool restrict_calls(const SandboxNeeds& needs) {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter || seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0) != 0) return false;
    return fill(filter.get(), needs) && seccomp_load(filter.get()) == 0;
}

void limit(int what, rlim_t value) {
    const rlimit limits{value, value};
    (void)::setrlimit(static_cast<__rlimit_resource_t>(what), &limits);
}

}  // namespace

Sandbox lock_up(const SandboxNeeds& needs, const Log& log) {
    Sandbox made;
    limit(RLIMIT_CORE, 0);      // a dump would hold what was said
    limit(RLIMIT_NOFILE, 512);  // some dozens are used
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        log.warning("no sandbox", kv("why", std::strerror(errno)));
        return made;
    }
    made.landlock = restrict_files(needs);
    if (!made.landlock) log.notice("this kernel has no Landlock: files are not locked away");
    made.seccomp = restrict_calls(needs);
    if (!made.seccomp) log.notice("this kernel has no seccomp filters: system calls are not limited");
    return made;
}

}  // namespace voip::media
