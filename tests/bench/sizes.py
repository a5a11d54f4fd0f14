#!/usr/bin/env python3
"""Sizes and memory of the release builds, one row a target: what the table of toolchains/README.md is made by (./run sizes).

Sizes are those of the stripped programs, and of the libraries that the daemon cannot start without. Memory is resident and
private dirty memory of a daemon with the simulated board and engine none, five seconds of quiet after READY, and after one
call: nothing of service and media is in it. Programs for another processor run under qemu-user, whose own memory is told
apart by giving the guest a range of addresses for itself; what the emulator reads ahead of the guest counts as resident."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))
from harness import Api, Program  # noqa: E402

PROGRAMS = ("wmpf-voipd", "wmpf-voipctl", "wmpf-voip-media", "wmpf-voip-service")
TRIPLET = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf"}
STRIP = {"arm64": "aarch64-linux-gnu-strip", "armhf": "arm-linux-gnueabihf-strip"}
EMULATOR = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}
GUEST_BASE = 0x10_0000_0000
GUEST_SIZE = 0x1_0000_0000   # all that 32 bits can name, which the emulator keeps for those by itself
RESERVE = {"arm64": ["-R", hex(GUEST_SIZE)], "armhf": []}


def stripped_size(program, target):
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / program.name
        subprocess.run([STRIP.get(target, "strip"), "-o", str(copy), str(program)], check=True)
        return copy.stat().st_size


def libraries_size(program, target, sysroot):
    """Bytes of all libraries that a program needs, those that they need included."""
    folders = [pathlib.Path(sysroot or "/") / folder / TRIPLET[target] for folder in ("usr/lib", "lib")]
    found, to_do = {}, [program]
    while to_do:
        dynamic = subprocess.run(["readelf", "-d", str(to_do.pop())], capture_output=True, text=True, check=True).stdout
        for name in re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]", dynamic):
            if name not in found:
                found[name] = next(folder / name for folder in folders if (folder / name).exists())
                to_do.append(found[name])
    return sum(path.stat().st_size for path in found.values())


def memory(pid, target):
    """(resident, private dirty) bytes; of the guest alone under an emulator."""
    base, end = (GUEST_BASE, GUEST_BASE + GUEST_SIZE) if target in EMULATOR else (0, 1 << 64)
    resident = dirty = 0
    inside = False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if found := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            inside = base <= int(found[1], 16) < end
        elif inside and (found := re.match(r"(Rss|Private_Dirty):\s+(\d+) kB", line)):
            if found[1] == "Rss":
                resident += int(found[2]) * 1024
            else:
                dirty += int(found[2]) * 1024
    return resident, dirty


def measure(build, target, sysroot):
    """Memory of the daemon, quiet and after a call."""
    with open(build / "bin/wmpf-voipd", "rb") as program:
        os.fsync(program)   # pages of a program just linked count as dirty until the disk has them
    with tempfile.TemporaryDirectory(prefix="wmpf-") as scratch:
        folder = pathlib.Path(scratch)
        config = folder / "config.json"
        config.write_text(json.dumps({"device": {"sn": "size-1"}, "call": {"engine": "none"},
                                      "board": {"driver": "sim", "buttons": [{"name": "call", "openId": "somebody"}]}}))
        command = [build / "bin/wmpf-voipd", "--config", config, "--state-dir", folder / "state", "--socket", folder / "api"]
        if target in EMULATOR:
            command = [EMULATOR[target], "-B", hex(GUEST_BASE), *RESERVE[target], "-L", sysroot, *command]
        daemon = Program(*command)
        try:
            daemon.wait_line("daemon: ready")
            threading.Event().wait(5)   # what is measured: a daemon that has been left alone
            quiet = memory(daemon.process.pid, target)
            api = Api(folder / "api")
            api.call("room.subscribe")
            api.call("board.press", {"button": "call"})
            api.wait_phase("talking")
            api.call("voip.forceHangUpVoip")
            api.wait_phase("ended")
            api.close()
            after = memory(daemon.process.pid, target)
        finally:
            daemon.stop()
    return quiet, after


def row(preset, sysroots):
    build = ROOT / "build" / preset
    target = next((name for name in STRIP if preset.endswith(name)), "amd64")
    cells = [f"`{preset}`"]
    for name in PROGRAMS:
        program = build / "bin" / name
        cells.append(f"{stripped_size(program, target) / 1048576:.2f}" if program.exists() else "-")
    cells.append(f"{libraries_size(build / 'bin/wmpf-voipd', target, sysroots.get(target)) / 1048576:.1f}")
    quiet, after = measure(build, target, sysroots.get(target))
    cells += [f"{quiet[0] / 1048576:.1f} ({quiet[1] / 1048576:.2f})", f"{after[0] / 1048576:.1f} ({after[1] / 1048576:.2f})"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--sysroot", action="append", default=[], metavar="TARGET=FOLDER")
    options = parser.parse_args()
    sysroots = dict(given.split("=", 1) for given in options.sysroot)
    print("| preset | " + " | ".join(f"`{name}`" for name in PROGRAMS) + " | the daemon's libraries | resident (private dirty), quiet | after a call |")
    print("|---|" + "---|" * (len(PROGRAMS) + 3))
    for preset in options.presets:
        print(row(preset, sysroots), flush=True)


if __name__ == "__main__":
    main()
