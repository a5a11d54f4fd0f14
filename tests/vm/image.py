"""Makes the machine's disk and keeps it: in ~/.cache (or $XDG_CACHE_HOME), by the versions of what is in it."""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import elements
import kernel
from debs import Debs

HERE = pathlib.Path(__file__).resolve().parent
GUEST = HERE / "guest"
SUITE = "bookworm"
KEEP = 2            # images; the oldest ones go
DISK = "3G"         # sparse

# A device image's base, the libraries that our programs need, tools for looking at devices by hand. For GStreamer see
# elements.py.
PACKAGES = ["systemd-sysv", "udev", "dbus", "kmod", "iproute2", "procps", "ca-certificates", "adduser", "python3",
            "libstdc++6", "libmbedtls14", "libmbedx509-1", "libmbedcrypto7", "libsqlite3-0", "libqrencode4",
            "libasound2", "libglib2.0-0", "gpiod", "v4l-utils", "alsa-utils"]
DISK_MODULES = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"]
MODULES = [*DISK_MODULES, "virtio_console", "virtio_rng", "virtio_net", "9p", "9pnet_virtio", "loop",
           "gpio-sim", "uleds", "uinput", "evdev", "ledtrig-timer", "vivid", "v4l2loopback", "snd-aloop", "snd-dummy"]
# Units that no test needs: each costs 0.1 s of emulated time to start.
MASKED = ["dev-hugepages.mount", "sys-kernel-tracing.mount", "sys-kernel-debug.mount", "sys-fs-fuse-connections.mount",
          "proc-sys-fs-binfmt_misc.automount", "systemd-random-seed.service", "systemd-sysusers.service",
          "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "systemd-journal-flush.service",
          "systemd-ask-password-console.path", "systemd-ask-password-wall.path", "systemd-remount-fs.service",
          "systemd-pstore.service", "systemd-firstboot.service", "systemd-binfmt.service", "systemd-repart.service",
          "systemd-machine-id-commit.service", "systemd-hwdb-update.service", "systemd-update-done.service",
          "systemd-journal-catalog-update.service", "ldconfig.service", "modprobe@drm.service", "modprobe@fuse.service",
          "modprobe@efi_pstore.service", "modprobe@loop.service", "modprobe@dm_mod.service", "getty@tty1.service",
          "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer"]


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "wmpf-voipd/vm"


@contextlib.contextmanager
def alone(folder):
    """One builder at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Image:
    """vmlinux, initrd.cpio and disk.qcow2 of one key. saved() is the place for a saved machine of this disk."""

    def __init__(self, folder):
        self.folder = folder
        self.vmlinux, self.initrd, self.disk = (folder / n for n in ("vmlinux", "initrd.cpio", "disk.qcow2"))

    def complete(self):
        return (self.folder / "complete").exists()

    def saved(self, command_line):
        """A saved machine is good for one emulator and one command line."""
        version = subprocess.run(["qemu-system-x86_64", "--version"], text=True, capture_output=True, check=True).stdout
        key = hashlib.sha256((version + "\0".join(command_line)).encode()).hexdigest()[:16]
        return self.folder / f"ready-{key}"


def key_of(debs, release):
    """What the image is made of: versions of packages, and the text of what makes it."""
    names = [*kernel.packages(release).values(), *PACKAGES]
    parts = [f"{name}={version}" for name, version in sorted(debs.versions(names).items())]
    parts += elements.versions()
    for path in sorted([*(HERE / f"{name}.py" for name in ("image", "kernel", "elements")), *GUEST.iterdir()]):
        parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def get(say=print):
    """The image for today's packages, made when it is not there yet."""
    cache = cache_folder()
    with alone(cache):
        debs = Debs(cache)
        debs.refresh()
        release = kernel.release_of(debs)
        image = Image(cache / "images" / key_of(debs, release))
        if not image.complete():
            began = time.monotonic()
            say(f"making the image: kernel {release}, {SUITE}")
            shutil.rmtree(image.folder, ignore_errors=True)
            make(image, debs, release, say)
            say(f"image made in {time.monotonic() - began:.0f} s")
        os.utime(image.folder)
        forget_old(cache / "images")
        return image


def forget_old(folder):
    images = sorted(folder.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
    for old in images[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)


def make(image, debs, release, say):
    image.folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-", dir=debs.folder) as work:
        work = pathlib.Path(work)
        linux = kernel.Kernel(work / "kernel", release)
        root_made = start_root(work / "root")       # waits for the mirror while the modules are built
        linux.make(debs)
        linux.write_vmlinux(image.vmlinux)
        say("kernel and modules are there")
        if root_made.wait() != 0:
            raise RuntimeError(f"mmdebstrap: {root_made.stderr.read()}")
        linux.copy_modules(MODULES, work / "root")
        elements.copy(work / "root")
        furnish(work / "root")
        make_initrd(linux, image.initrd, work / "initrd")
        make_disk(work, image.disk)
    (image.folder / "complete").write_text(json.dumps({"kernel": release}))


def start_root(root):
    sources = ["/etc/apt/sources.list", *map(str, pathlib.Path("/etc/apt/sources.list.d").glob("debian*"))]
    thin = [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "man", "locale", "info")]
    return subprocess.Popen(["mmdebstrap", "-q", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}",
                             *thin, "--customize-hook=rm -rf $1/var/lib/apt/lists/* $1/var/cache/apt/*",
                             SUITE, root, *[path for path in sources if os.path.exists(path)]],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def furnish(root):
    units = root / "etc/systemd/system"
    for unit in MASKED:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    (units / "multi-user.target.wants/vm-agent.service").symlink_to("../vm-agent.service")
    for path in GUEST.iterdir():
        folder, mode = (units, 0o644) if path.suffix in (".service", ".target") else (root / "usr/local/sbin", 0o755)
        shutil.copy(path, folder / path.name)
        (folder / path.name).chmod(mode)
    # An empty one makes systemd judge every unit anew at each boot.
    (root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    (root / "etc/hostname").write_text("vm\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost vm\n::1 localhost\n")
    (root / "etc/fstab").write_text("")
    journal = root / "etc/systemd/journald.conf.d"
    journal.mkdir(exist_ok=True)
    (journal / "vm.conf").write_text("[Journal]\nStorage=volatile\nRateLimitBurst=0\n")


INIT = """#!/bin/sh
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do insmod $module; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
mount -t ext4 -o noatime,barrier=0 /dev/vda /root || poweroff -f
exec switch_root /root /lib/systemd/systemd
"""


def make_initrd(linux, target, work):
    """A busybox that loads the disk's modules, mounts it and leaves: much smaller than the distribution's."""
    for folder in ("bin", "dev", "root", "modules"):
        (work / folder).mkdir(parents=True)
    shutil.copy("/bin/busybox", work / "bin")
    for applet in ("sh", "mount", "insmod", "sleep", "poweroff", "switch_root"):
        (work / "bin" / applet).symlink_to("busybox")
    for number, path in enumerate(linux.files_of(DISK_MODULES)):
        shutil.copy(path, work / "modules" / f"{number:02}-{path.name}")
    (work / "init").write_text(INIT)
    (work / "init").chmod(0o755)
    names = "\n".join(str(path.relative_to(work)) for path in sorted(work.rglob("*")))
    with open(target, "wb") as out:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], input=names.encode(), stdout=out, cwd=work, check=True)


def make_disk(work, target):
    raw = work / "disk.ext4"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^metadata_csum", "-J", "size=16", "-m0", "-d", work / "root", raw,
                    DISK], check=True)
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", raw, target], check=True)
