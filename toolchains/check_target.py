#!/usr/bin/env python3
"""check_target.py BUILD SYSROOT TRIPLET: looks at the programs of a release build for another machine without running them.

Nothing of this machine may be in them: each is for the target's processor, has no RPATH, needs only libraries that the sysroot has for
that processor, and contains neither the place of the sources, the build or the sysroot nor a library folder of this machine.
Without SYSROOT and TRIPLET (`-`) the same for this machine's own build."""
import pathlib
import platform
import re
import subprocess
import sys

MACHINES = {"aarch64-linux-gnu": "AArch64", "arm-linux-gnueabihf": "ARM", "x86_64-linux-gnu": "Advanced Micro Devices X86-64"}
ROOT = pathlib.Path(__file__).resolve().parents[1]


def readelf(*arguments):
    return subprocess.run(["readelf", "--wide", *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def machine(path):
    return re.search(r"Machine:\s+(.*)", readelf("--file-header", path))[1].strip()


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def strings(path):
    """Printable texts of four characters and more, as one text with an end of line after each."""
    return b"\n".join(re.findall(rb"[\x20-\x7e]{4,}", path.read_bytes())).decode()


def check_program(path, build, sysroot, triplet):
    problems = []
    if machine(path) != MACHINES[triplet]:
        problems.append(f"is for {machine(path)}")
    dynamic = readelf("--dynamic", path)
    problems += [f"has {found}" for found in re.findall(r"\((RPATH|RUNPATH)\)", dynamic)]
    folders = [sysroot / "usr/lib" / triplet, sysroot / "lib" / triplet, sysroot / "usr/lib", sysroot / "lib"]
    for name in re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]", dynamic):
        found = next((folder / name for folder in folders if (folder / name).exists()), None)
        if found is None:
            problems.append(f"needs {name}, which the target does not have")
        elif machine(found) != MACHINES[triplet]:
            problems.append(f"needs {name}, which is for {machine(found)}")
    text = strings(path)
    foreign = {str(ROOT), str(build)}
    if sysroot != pathlib.Path("/"):
        foreign |= {str(sysroot), "/usr/lib/x86_64-linux-gnu", f"/usr/lib/{platform.machine()}-linux-gnu"}
    for place in sorted(foreign):
        if place in text:
            line = next(line for line in text.splitlines() if place in line)
            problems.append(f"contains {place}: {line[:160]}")
    return problems


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    own = len(sys.argv) < 4 or sys.argv[2] == "-"
    sysroot = pathlib.Path("/") if own else pathlib.Path(sys.argv[2]).resolve()
    triplet = f"{platform.machine()}-linux-gnu" if own else sys.argv[3]
    programs = [path for path in sorted((build / "bin").iterdir()) if path.is_file() and is_elf(path)]
    if not programs:
        sys.exit(f"{build}/bin: no programs")
    failed = False
    for path in programs:
        for problem in check_program(path, build, sysroot, triplet):
            failed = True
            print(f"{path.name}: {problem}")
    print(f"{build.name}: {len(programs)} programs" + ("" if failed else ", nothing of this machine in them"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
