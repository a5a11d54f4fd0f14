"""Puts the programs of a build into a machine, the way the packages do."""
import atexit
import os
import pathlib
import shutil
import subprocess
import tempfile

from machine import MachineFailure

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WMPF_BUILD", ROOT / "build/dev"))

# What the maintainer scripts of debian/ and dpkg's triggers do after unpacking.
SCRIPT = r"""
set -e
cp -a --no-preserve=ownership /payload/stage/* /
systemd-sysusers wmpf-voipd.conf wmpf-voip-service.conf
systemd-tmpfiles --create wmpf-voipd.conf
udevadm control --reload
udevadm trigger --action=add --subsystem-match=gpio --subsystem-match=leds
systemctl daemon-reload
"""


def stage(build=BUILD):
    """A folder with the build installed below /usr, stripped."""
    folder = tempfile.TemporaryDirectory(prefix="wmpf-stage-")
    atexit.register(folder.cleanup)
    for component in ("daemon", "media", "service"):
        done = subprocess.run(["cmake", "--install", build, "--prefix", "/usr", "--strip", "--component", component],
                              env=dict(os.environ, DESTDIR=folder.name), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{build} is not built: {done.stderr.strip()}")
    packaged = pathlib.Path(folder.name) / "etc/wmpf-voip-service"
    packaged.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "debian/config/config.json", packaged)
    return pathlib.Path(folder.name)


def programs(machine, staged):
    machine.put(staged, "stage")
    done = machine.run(["sh", "-c", SCRIPT])
    if done.status != 0:
        raise MachineFailure(f"installing the programs: {done.status}\n{done.output}")
