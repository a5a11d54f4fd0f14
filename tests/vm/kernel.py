"""The machine's kernel: Debian's own, and the modules of simulated hardware that Debian does not build. Their sources
(GPL) are taken out of Debian's packages when the image is made; none is kept in this tree."""
import lzma
import pathlib
import re
import shutil
import struct
import subprocess

SOURCES = ["drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c", "drivers/leds/uleds.c"]
# gpio-sim: lines that a test moves; uleds: an LED of the LED class whose light a program sees.
KBUILD = """obj-m := gpio-sim.o uleds.o
gpio-sim-y := gpio_sim.o irq_sim.o
"""


def release_of(debs):
    """"6.1.0-56-amd64", the kernel that Debian recommends at the moment."""
    name = next(d for d in debs.depends("linux-image-amd64") if d.startswith("linux-image-"))
    return name.removeprefix("linux-image-")


def packages(release):
    common = release.removesuffix("-amd64") + "-common"
    return {"image": f"linux-image-{release}", "headers": f"linux-headers-{release}",
            "common": f"linux-headers-{common}", "kbuild": "linux-kbuild-6.1", "source": "linux-source-6.1",
            "loopback": "v4l2loopback-dkms"}


def change(path, pattern, instead):
    """A module's source, in one place; says so when it is not what it used to be."""
    text, times = re.subn(pattern, instead, path.read_text(), flags=re.S)
    if times != 1:
        raise RuntimeError(f"{path.name} is not what it used to be: {pattern}")
    path.write_text(text)


class Kernel:
    """Unpacked below `folder`; modules() has Debian's and ours, indexed."""

    def __init__(self, folder, release):
        self.folder = pathlib.Path(folder)
        self.release = release

    @property
    def modules(self):
        return self.folder / "lib/modules" / self.release

    def make(self, debs):
        archives = debs.fetch(packages(self.release).values())
        named = {part: archives[name] for part, name in packages(self.release).items()}
        for part in ("image", "headers", "common", "kbuild", "loopback"):
            debs.unpack(named[part], self.folder)
        self._point_headers_here()
        self._build_simulators(named["source"])
        self._build_loopback()
        subprocess.run(["depmod", "-b", self.folder, self.release], check=True)

    def _headers(self):
        return self.folder / "usr/src" / f"linux-headers-{self.release}"

    def _point_headers_here(self):
        makefile = self._headers() / "Makefile"
        makefile.write_text(makefile.read_text().replace("/usr/src/", f"{self.folder}/usr/src/"))

    def _build(self, folder):
        done = subprocess.run(["make", "-s", "-C", self._headers(), f"M={folder}", "modules"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"modules in {folder}:\n{done.stdout}")
        extra = self.modules / "extra"
        extra.mkdir(exist_ok=True)
        for module in folder.glob("*.ko"):
            shutil.copy(module, extra)

    def _build_simulators(self, source):
        work = self.folder / "simulators"
        work.mkdir()
        tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", source], stdout=subprocess.PIPE)
        inner = subprocess.Popen(["tar", "-xO", "./usr/src/linux-source-6.1.tar.xz"], stdin=tar.stdout,
                                 stdout=subprocess.PIPE)
        unpacked = subprocess.Popen(["xz", "-dcT2"], stdin=inner.stdout, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-xf", "-", "-C", work, "--strip-components=1",
                        *[f"linux-source-6.1/{path}" for path in SOURCES]], stdin=unpacked.stdout, check=True)
        for process in (tar, inner, unpacked):
            process.stdout.close()
            process.wait()
        for path in SOURCES:
            # gpio-sim.o is the name of the module: its main file needs another one.
            name = pathlib.Path(path).name.replace("gpio-sim.c", "gpio_sim.c")
            (work / path).rename(work / name)
        # irq_to_desc() is not exported to modules; generic_handle_irq() does the same from this context.
        change(work / "irq_sim.c", r"handle_simple_irq\(irq_to_desc\(irqnum\)\)", "generic_handle_irq(irqnum)")
        # A chip that goes away tells its users, who then free their interrupts, and frees the same interrupts itself: a kernel
        # whose memory was damaged after that has been seen. So it frees them before it tells.
        freeing = r"\tret = devm_add_action_or_reset\(dev, gpio_sim_dispose_mappings, chip\);\n\tif \(ret\)\n\t\treturn ret;\n\n"
        adding = r"(\tret = devm_gpiochip_add_data\(dev, gc, chip\);\n\tif \(ret\)\n\t\treturn ret;\n\n)"
        change(work / "gpio_sim.c", f"({freeing})(.*?){adding}", r"\2\3\1")
        (work / "Kbuild").write_text(KBUILD)
        self._build(work)

    def _build_loopback(self):
        self._build(next((self.folder / "usr/src").glob("v4l2loopback-*")))

    def files_of(self, modules):
        """Paths of the modules and of all they need, in the order of loading."""
        files = []
        for module in modules:
            shown = subprocess.run(["modprobe", "-d", self.folder, "-S", self.release, "--show-depends", module],
                                   text=True, capture_output=True, check=False)
            if shown.returncode != 0:
                raise RuntimeError(f"module {module}: {shown.stderr}")
            for line in shown.stdout.splitlines():
                kind, _, path = line.partition(" ")
                if kind == "insmod" and (path := pathlib.Path(path.split()[0])) not in files:
                    files.append(path)
        return files

    def copy_modules(self, modules, root):
        """Puts these modules below root's /lib/modules, indexed."""
        target = pathlib.Path(root) / "usr/lib/modules" / self.release
        for path in self.files_of(modules):
            place = target / path.relative_to(self.modules)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(self.modules / name, target)
        subprocess.run(["depmod", "-b", root, self.release], check=True)

    def write_vmlinux(self, path):
        """The ELF kernel out of the compressed image: the emulated processor need not unpack it (2 to 3 s).
        @source the boot protocol's header: setup_sects at 0x1f1, payload_offset and payload_length at 0x248"""
        image = (self.folder / "boot" / f"vmlinuz-{self.release}").read_bytes()
        if image[0x202:0x206] != b"HdrS":
            raise RuntimeError("not a kernel image")
        start = ((image[0x1f1] or 4) + 1) * 512
        offset, length = struct.unpack_from("<II", image, 0x248)
        kernel = lzma.LZMADecompressor().decompress(image[start + offset:start + offset + length])
        if kernel[:4] != b"\x7fELF":
            raise RuntimeError("no ELF kernel in the image")
        pathlib.Path(path).write_bytes(kernel)
