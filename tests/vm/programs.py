"""The contract suites that need devices of a kernel: programs of the build, run as root in machines of their own. And
what files of cases need beside the installed programs."""
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import packages  # noqa: E402


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


# GStreamer looks through its plugins once; the cases run as nobody, who finds the list beside them.
AV_DEVICES = """
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0
modprobe snd-aloop index=0 id=Loop pcm_substreams=1
modprobe v4l2loopback video_nr=9 card_label=encoder
udevadm settle
export GST_REGISTRY=/tmp/registry
"""

PROGRAMS = [
    Program("hal_linux_contract_test", "modprobe -a configfs gpio-sim uinput uleds evdev ledtrig-timer"),
    Program("linux_av_kernel_test", AV_DEVICES, (ROOT / "tests/data/h264/pattern.h264",)),
]


class Packages:
    """The Debian packages and newer ones, where ./run package has made them."""
    FOLDER = ROOT / "build/package"

    def put(self, guest, _build):
        if not any(self.FOLDER.glob("*.deb")):
            return
        with tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-") as folder:
            packages.stage(self.FOLDER, folder, ("wmpf-voipd", "wmpf-voip-service"))
            guest.put(folder, "debs")


BESIDE = {"test_media_call.py": (Program("wmpf-bench-phone", ""),), "test_upgrade.py": (Packages(),)}
