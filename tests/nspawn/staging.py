"""What the machines are made of: the cached tree, and a build installed as `cmake --install` does it."""
import os
import pathlib
import subprocess
import tempfile

from machine import ROOT, TREE, Machine

BUILD = pathlib.Path(os.environ.get("WMPF_BUILD", ROOT / "build/dev"))
STAGE = None

DEVICE = {
    "device": {"sn": "machine-1"}, "call": {"engine": "none"},
    "board": {"driver": "sim", "buttons": [{"name": "call", "openId": "somebody"}]},
}


def staged():
    """A folder with the build installed below /usr, stripped. Made once for a run of tests."""
    global STAGE
    if STAGE is None:
        STAGE = tempfile.TemporaryDirectory(prefix="wmpf-stage-")
        for component in ("daemon", "service"):
            subprocess.run(["cmake", "--install", BUILD, "--prefix", "/usr", "--strip", "--component", component],
                           check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, DESTDIR=STAGE.name))
    return pathlib.Path(STAGE.name)


def new_machine(config=DEVICE, units=("wmpf-voipd.service", "wmpf-voipd.socket"), drop_in="", boot=True):
    """A machine with the daemon installed and configured; `drop_in`: lines for its [Service] section."""
    if not TREE.is_dir():
        raise AssertionError(f"{TREE} is missing: ./run test-nspawn makes it")
    machine = Machine(staged())
    try:
        if config is not None:
            machine.write("/etc/wmpf-voipd/config.json", config)
        if drop_in:
            machine.write("/etc/systemd/system/wmpf-voipd.service.d/test.conf", "[Service]\n" + drop_in)
        machine.enable(*units)
        if boot:
            machine.boot()
    except BaseException:
        machine.close()
        raise
    return machine
