"""A Debian that boots in a second: systemd-nspawn over a cached tree, with files of ours laid on top.

The tree is never written to: what a test does goes to an overlay that is thrown away. Nothing sleeps: every wait is
for a condition, with a deadline. Needs root and the packages systemd-container and mmdebstrap (./run test-nspawn)."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))
from harness import Api  # noqa: E402

TREE = pathlib.Path(os.environ.get("WMPF_TREE", "/nonexistent"))   # tests/nspawn/tree makes it
DEADLINE = 30 * float(os.environ.get("WMPF_SLOW", "1"))


def until(condition, what, timeout=DEADLINE):
    """Waits until condition() is true and returns what it gave; there is no event for most of what systemd does."""
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not in {timeout:.0f} s: {what}")
        threading.Event().wait(0.02)


class Machine:
    """One booted system. `layers` are folders whose files lie over the tree's, the first on top."""

    def __init__(self, *layers):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wmpf-machine-", dir=os.environ.get("WMPF_SCRATCH")))
        self.root = self.folder / "root"
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir()
        lower = ":".join(str(layer) for layer in (*layers, TREE))
        subprocess.run(["mount", "-t", "overlay", "wmpf", "-o",
                        f"lowerdir={lower},upperdir={self.folder}/upper,workdir={self.folder}/work", self.root],
                       check=True)
        self.process = None
        self.leader = None
        self.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")   # an installer writes it; the tree has none

    # Before the boot

    def write(self, path, text, mode=0o644):
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text if isinstance(text, str) else json.dumps(text, indent=1))
        target.chmod(mode)

    def enable(self, *units):
        subprocess.run(["systemctl", "--root", self.root, "--quiet", "enable", *units], check=True)

    def boot(self):
        self.console = open(self.folder / "console", "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory", self.root, "--boot", "--register=no", "--keep-unit",
             "--private-network", "--console=pipe", "--link-journal=no", "--hostname=machine",
             # Not on nspawn's own list; the media program locks itself with them.
             "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self",
             "systemd.show_status=false"],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        self.leader = until(self._find_leader, "the machine's first process")
        until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip()
              in ("running", "degraded"), "the machine is up")

    def _find_leader(self):
        if self.process.poll() is not None:
            raise AssertionError("systemd-nspawn ended:\n" + (self.folder / "console").read_text(errors="replace"))
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            try:
                if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
            except OSError:
                continue
        return None

    # While it runs

    def run(self, *command, check=True, timeout=DEADLINE, text=None):
        """Runs a command inside, as root. The result has returncode, stdout and stderr."""
        done = subprocess.run(["nsenter", "--target", str(self.leader), "--all", "--", "/usr/bin/env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", *map(str, command)],
                              capture_output=True, text=True, timeout=timeout, input=text)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}\n{self.journal()}")
        return done

    def show(self, unit, *names):
        """Properties of a unit; one as text, several as a dict."""
        text = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
        found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        return found[names[0]] if len(names) == 1 else found

    def journal(self, *arguments):
        done = subprocess.run(["nsenter", "--target", str(self.leader), "--all", "--", "journalctl", "--no-pager",
                               "--output=short-monotonic", *(arguments or ("--lines=60",))],
                              capture_output=True, text=True, timeout=DEADLINE)
        return done.stdout + done.stderr

    def wait_log(self, text, unit="wmpf-voipd", timeout=DEADLINE):
        until(lambda: text in self.journal("--unit", unit, "--output=cat"), f"a line of {unit} with {text!r}", timeout)

    def wait_active(self, unit, timeout=DEADLINE):
        until(lambda: self.show(unit, "ActiveState") == "active", f"{unit} is active", timeout)

    def pid(self, unit="wmpf-voipd"):
        return int(self.show(unit, "MainPID"))

    def path(self, path):
        """Where a file of the running machine is seen from here."""
        return pathlib.Path(f"/proc/{self.leader}/root{path}")

    def api(self):
        return Api(self.path("/run/wmpf-voipd/api.sock"))

    def start_program(self, *command):
        """A program inside that is left running; it ends with the machine at the latest."""
        return subprocess.Popen(["nsenter", "--target", str(self.leader), "--all", "--", *map(str, command)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def close(self):
        if self.process is not None:
            if self.process.poll() is None:
                os.kill(self.leader, signal.SIGRTMIN + 4)   # systemd's own order to power off
                try:
                    self.process.wait(20)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait(20)
            self.console.close()
        subprocess.run(["umount", self.root], check=False, capture_output=True)
        subprocess.run(["umount", "--lazy", self.root], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
