"""The contract suites that need devices of a kernel: programs of the build, run as root in machines of their own."""
import pathlib
import subprocess
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Program(NamedTuple):
    name: str               # in the build's bin
    before: str             # what a shell does first
    files: tuple = ()       # of the tree, beside it in the machine

    def put(self, guest, build):
        """Into the machine, without what a debugger needs: that is longer to copy than the test."""
        with tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-") as folder:
            small = pathlib.Path(folder) / self.name
            subprocess.run(["strip", "-o", small, pathlib.Path(build) / "bin" / self.name], check=True)
            guest.put(small)
        for path in self.files:
            guest.put(path)

    def command(self, only):
        """@param only  a part of the cases' names; empty: all"""
        chosen = f"'*{only}*'" if only else ""
        return ["sh", "-ec", f"{self.before}\nexec ./{self.name} --durations yes {chosen}"]


PROGRAMS = [
    Program("hal_linux_contract_test", "modprobe -a configfs gpio-sim uinput uleds evdev ledtrig-timer"),
]
