"""One emulated machine: booted or woken from a saved state, given commands to run, until it is ended."""
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time

MEMORY = "768"      # MiB
# Emulation alone, never "kvm": where /dev/kvm exists but does not work, a machine hangs instead of failing. One
# processor: with two, this emulator can patch code that the other one runs.
QEMU = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "Nehalem", "-smp", "1", "-m", MEMORY,
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
KERNEL = ("console=ttyS0 TERM=dumb root=/dev/vda rw quiet loglevel=3 mitigations=off nokaslr no_timer_check tsc=reliable "
          "random.trust_cpu=on cryptomgr.notests apparmor=0 audit=0 systemd.show_status=false oops=panic panic=-1")
BARE, FULL = "vm-agent.target", "multi-user.target"     # what is booted: the agent alone, or all that is enabled
BOOT_TIME = 600     # seconds until the first answer; 10 to 20 s on an idle machine
RUN_TIME = 600      # seconds for one command: the host may be busy
PAYLOAD = "/payload"    # the folder shared with the host, as the machine sees it


class MachineFailure(Exception):
    """The machine ended, or did not answer in time: what its console said is in the text."""


class KernelDied(MachineFailure):
    """The machine's kernel ended it by a panic: nothing that a program of ours may do, a fault of the kernel or its emulator."""


class Done:
    def __init__(self, status, output):
        self.status, self.output = status, output


class Machine:
    """Use as a context: the machine is ended with it. Its disk is a layer over `disk`, which is not written to.

    The folder holds everything of a running machine: another process that knows it can give commands too."""

    def __init__(self, image, disk=None, state=None, target=BARE, clock=None, folder=None, network=False):
        """@param disk  what the machine starts from; None: the image's
        @param state  file of a machine saved with that disk, to go on from; None: boots
        @param clock  what the machine's clock says at boot, as qemu's -rtc base=; None: the time
        @param network  a card that reaches the host at 10.0.2.2"""
        self.image, self.target, self.clock, self.state = image, target, clock, state
        self.network = network
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="wmpf-voip-vm-"))
        self.payload = self.folder / "payload"
        self.payload.mkdir(parents=True)
        self.disk = self.folder / "disk.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b",
                        pathlib.Path(disk or image.disk).resolve(), self.disk], check=True)
        self.process = None
        self.port = None
        self.last_order = 0

    def command_line(self):
        """Everything but paths and clock: what a saved state depends on."""
        card = ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile="] if self.network else []
        return [*QEMU, *card, "-append", f"{KERNEL} systemd.unit={self.target}", "-device", "virtio-blk-pci,drive=root",
                "-device", "virtio-rng-pci", "-device", "virtio-9p-pci,fsdev=payload,mount_tag=payload",
                "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=run,name=vm.run"]

    def _full_command(self):
        command = [*self.command_line(), "-kernel", self.image.vmlinux, "-initrd", self.image.initrd,
                   "-drive", f"file={self.disk},if=none,id=root,format=qcow2,cache=unsafe,discard=unmap",
                   "-fsdev", f"local,id=payload,path={self.payload},security_model=none,multidevs=remap",
                   "-chardev", f"socket,id=run,path={self.folder}/run,server=on,wait=off",
                   "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off", "-serial", f"file:{self.folder}/console"]
        if self.clock:
            command += ["-rtc", f"base={self.clock}"]
        return command + (["-incoming", f"exec:cat {self.state}"] if self.state else [])

    def start(self):
        """Starts it and waits for its first answer."""
        began = time.monotonic()
        with open(self.folder / "qemu", "wb") as words:
            self.process = subprocess.Popen(self._full_command(), stdin=subprocess.DEVNULL, stdout=words, stderr=words,
                                            start_new_session=True)
        (self.folder / "pid").write_text(str(self.process.pid))
        try:
            self.run(["true"], BOOT_TIME)
        except BaseException:
            self._kill()
            raise
        self.started_in = time.monotonic() - began
        return self

    def again(self, target=None, clock=None):
        """Boots anew on the disk as it is: after a reboot that the machine asked for, or a power cut."""
        self._kill()
        self.state, self.target, self.clock = None, target or self.target, clock
        return self.start()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.end()
            raise

    def __exit__(self, *_):
        self.end()

    def end(self):
        self._kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self):
        """A power cut, for the machine."""
        if self.port is not None:
            self.port.close()
            self.port = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for name in ("run", "qmp"):
            (self.folder / name).unlink(missing_ok=True)

    def wait_end(self, timeout):
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise MachineFailure(f"the machine did not end in {timeout:.0f} s:\n{self.tail()}") from late

    def tail(self):
        said = ""
        for name in ("qemu", "console"):
            if (self.folder / name).exists():
                said += (self.folder / name).read_text(errors="replace")
        return "\n".join(said.splitlines()[-60:])

    def put(self, path, name=None):
        """Copies a file or folder to /payload; the place there."""
        path = pathlib.Path(path)
        target = self.payload / (name or path.name)
        if path.is_dir():
            shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        return f"{PAYLOAD}/{target.relative_to(self.payload)}"

    def run(self, argv, timeout=RUN_TIME, environment=None, hear=None, set_clock=True):
        """Runs a command as root in /payload and waits for it. A Python program that is named by its path, ending in
        .py, starts faster than by "python3". No verdict is a MachineFailure.
        @param hear  called with the output as it comes
        @param set_clock  sets the machine's clock to ours before (a machine that was saved woke with an old one)"""
        self.last_order += 1
        order = {"id": f"{os.getpid()}.{time.monotonic()}.{self.last_order}", "argv": list(map(str, argv)),
                 "environment": environment or {},
                 "now": time.time() if set_clock and not self.clock else None}
        end = time.monotonic() + timeout
        if self.port is None:
            self.port = self._connect("run")
            self.heard = b""
        self.port.sendall((json.dumps(order) + "\n").encode())
        output = []
        while True:
            answer = self._next_answer(end, timeout, output)
            if answer["id"] != order["id"]:
                continue        # of a command that nobody waits for any more
            if "status" in answer:
                return Done(answer["status"], "".join(output))
            output.append(answer["output"])
            if hear:
                hear(answer["output"])

    def _next_answer(self, end, timeout, output):
        while b"\n" not in self.heard:
            self.port.settimeout(max(0.01, end - time.monotonic()))
            try:
                block = self.port.recv(65536)
            except TimeoutError:
                self.port.close()
                self.port = None
                raise MachineFailure(f"no verdict in {timeout:.0f} s:\n{''.join(output)[-4000:]}\n{self.tail()}") from None
            except ConnectionResetError:
                block = b""
            if not block:
                said = self.tail()
                kind = KernelDied if "Kernel panic" in said else MachineFailure
                raise kind(f"the machine ended:\n{''.join(output)[-4000:]}\n{said}")
            self.heard += block
        line, self.heard = self.heard.split(b"\n", 1)
        return json.loads(line)

    def save(self, state):
        """Writes the machine to a file and ends it; the disk stays as it is then."""
        self.run(["sync"])
        self.run(["unmount-payload"])   # with a folder of the host mounted it could not be saved
        self.port.close()
        self.port = None
        with Monitor(self._connect("qmp")) as monitor:
            monitor.ask("migrate", uri=f"exec:cat > {state}")
            end = time.monotonic() + 120
            while (told := monitor.ask("query-migrate")).get("status") != "completed":
                if told.get("status") in ("failed", "cancelled") or time.monotonic() > end:
                    raise MachineFailure(f"the machine was not saved: {told}")
                time.sleep(0.05)    # the emulator tells of the end only to those who ask
            monitor.ask("quit")
        self.wait_end(30)

    def _connect(self, name):
        end = time.monotonic() + 30
        while True:
            port = socket.socket(socket.AF_UNIX)
            try:
                port.connect(str(self.folder / name))
                return port
            except OSError:
                port.close()
                if self.process is not None and self.process.poll() is not None:
                    raise MachineFailure(f"the emulator ended:\n{self.tail()}") from None
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)    # the emulator is starting; its sockets' birth is no event


class Monitor:
    """The emulator's own socket (QMP)."""

    def __init__(self, port):
        self.port = port
        self.port.settimeout(60)
        self.stream = port.makefile("r", encoding="utf-8")
        json.loads(self.stream.readline())      # the greeting
        self.ask("qmp_capabilities")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.port.close()

    def ask(self, command, **arguments):
        self.port.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            line = self.stream.readline()
            if not line:
                if command == "quit":
                    return {}
                raise MachineFailure(f"{command}: the emulator is gone")
            told = json.loads(line)
            if "error" in told:
                raise MachineFailure(f"{command}: {told['error']['desc']}")
            if "return" in told:
                return told["return"]


class Running(Machine):
    """A machine that another process started, by its folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.payload = self.folder / "payload"
        self.process, self.port, self.clock, self.last_order = None, None, None, 0

    def end(self):
        try:
            with Monitor(self._connect("qmp")) as monitor:
                monitor.ask("quit")
        except OSError:
            pass        # it is gone already
        shutil.rmtree(self.folder, ignore_errors=True)


def woken(image, say=print):
    """(disk, state) of a machine that has booted and waits for orders; made once for an image and an emulator."""
    fresh = Machine(image)
    place = image.saved(fresh.command_line())
    if (place / "state").exists():
        fresh.end()
        return place / "disk.qcow2", place / "state"
    for old in image.folder.glob("ready-*"):
        shutil.rmtree(old, ignore_errors=True)
    making = pathlib.Path(tempfile.mkdtemp(dir=image.folder, prefix="making-"))
    with fresh:
        say(f"booted in {fresh.started_in:.0f} s")
        fresh.save(making / "state")
        shutil.copyfile(fresh.disk, making / "disk.qcow2")
    try:
        making.rename(place)
    except OSError:
        shutil.rmtree(making)       # somebody else was faster
    return place / "disk.qcow2", place / "state"


def used_cpu():
    """Seconds that ended children of this process have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
