#!/usr/bin/env python3
"""Runs the cases of cases/ and the programs of programs.py in machines with the programs of a build installed, then the
cases of boots.py, which boot machines themselves, and says how many passed. Each file of cases and each program gets a
machine of its own, woken from one saved state. A machine without a verdict is a failure."""
import argparse
import pathlib
import re
import sys
import tempfile
import time
import unittest

import boots
import image
import install
import machine
from machine import KernelDied, Machine, MachineFailure
from programs import BESIDE, PROGRAMS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))
from summary import count  # noqa: E402

TIME = 900          # seconds for one file of cases
NO_VERDICT = 98
# What the cases' deadlines are multiplied with: the machine is slow, and its host may be busy.
ENVIRONMENT = {"WMPF_BIN": "/usr/bin", "WMPF_SLOW": "4"}


def say(*words):
    print("vm:", *words, flush=True)


class Installed:
    """A machine with the programs installed, saved: what all files of cases start from."""

    def __init__(self, build):
        self.build, self.environment = build, ENVIRONMENT
        self.folder = tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-")
        self.image = image.get(say)
        base = machine.woken(self.image, say)
        self.disk, self.state = (pathlib.Path(self.folder.name) / name for name in ("disk.qcow2", "state"))
        staged = install.stage(build)
        began = time.monotonic()
        with Machine(self.image, *base) as fresh:
            woke = fresh.started_in
            install.programs(fresh, staged)
            fresh.save(self.state)
            fresh.disk.rename(self.disk)
        say(f"woken in {woke:.1f} s, programs installed in {time.monotonic() - began - woke:.1f} s")

    def machine(self):
        return Machine(self.image, self.disk, self.state)


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = self.kernels_died = 0

    def add(self, output, status):
        passed, failed, skipped = count(output, status != 0)
        if status != 0 and failed == 0:
            failed = 1      # died after its cases, or before
        self.passed, self.failed, self.skipped = self.passed + passed, self.failed + failed, self.skipped + skipped
        return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def outcome(installed, put, command):
    """(output, status) of one command in a machine of its own."""
    try:
        with installed.machine() as guest:
            put(guest)
            done = guest.run(command, TIME, ENVIRONMENT, hear=lambda text: print(text, end="", flush=True))
            return done.output, done.status
    except KernelDied:
        raise
    except MachineFailure as failure:
        print(failure, flush=True)
        return "", NO_VERDICT


def run_in(installed, name, put, command, tally):
    """Counted. `put`: copies its files into the machine. A kernel that dies is shown and given a second life: the modules of
    simulated devices have faults of their own; it must not die twice."""
    say(f"-- {name}")
    began = time.monotonic()
    try:
        output, status = outcome(installed, put, command)
    except KernelDied as death:
        say(f"{name}: the machine's kernel died; once more in another machine\n{death}")
        tally.kernels_died += 1
        try:
            output, status = outcome(installed, put, command)
        except KernelDied as again:
            print(again, flush=True)
            output, status = "", NO_VERDICT
    say(f"{name}: {tally.add(output, status)}, {time.monotonic() - began:.0f} s")


def run_file(installed, build, path, only, tally):
    def put(guest):
        guest.put(ROOT / "tests/system/harness.py", "tests/system/harness.py")
        guest.put(path.parent, "tests/vm/cases")
        for program in BESIDE.get(path.name, ()):
            program.put(guest, build)
    run_in(installed, path.name, put, [f"/payload/tests/vm/cases/{path.name}", *(["-k", only] if only else [])], tally)


def run_program(installed, build, program, only, tally):
    run_in(installed, program.name, lambda guest: program.put(guest, build), program.command(only), tally)


class Told(unittest.TextTestResult):
    """Says at once what went wrong: the cases take minutes."""

    def addError(self, test, err):
        super().addError(test, err)
        self.stream.writeln(self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.stream.writeln(self.failures[-1][1])


class Both:
    """Shown as it comes, and kept for the count."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        sys.stdout.write(text)

    def flush(self):
        sys.stdout.flush()


def run_boots(installed, only, tally):
    """The cases that need a host: they boot machines and cut their power."""
    say("-- boots.py")
    began = time.monotonic()
    boots.installed = installed
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{only}*"] if only else None
    told = Both()
    result = unittest.TextTestRunner(told, verbosity=2, resultclass=Told).run(loader.loadTestsFromModule(boots))
    say(f"boots.py: {tally.add(told.text, int(not result.wasSuccessful()))}, {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=install.BUILD)
    parser.add_argument("--files", default="", help="only files and programs whose names match")
    parser.add_argument("-k", dest="only", default="", help="only cases whose names have this in them")
    options = parser.parse_args()
    began = time.monotonic()
    installed = Installed(options.build)
    tally = Tally()
    for path in sorted((HERE / "cases").glob("test_*.py")):
        if re.search(options.files, path.name):
            run_file(installed, options.build, path, options.only, tally)
    for program in PROGRAMS:
        if re.search(options.files, program.name):
            run_program(installed, options.build, program, options.only, tally)
    if re.search(options.files, "boots.py"):
        run_boots(installed, options.only, tally)
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    say(f"{time.monotonic() - began:.0f} s, {machine.used_cpu():.0f} s of them computing"
        + (f"; {tally.kernels_died} times a kernel died and the file was run again" if tally.kernels_died else ""))
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
