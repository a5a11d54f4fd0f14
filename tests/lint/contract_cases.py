#!/usr/bin/env python3
"""The table of contract cases by board (tests/contract/README.md) has every case, and no other. Run by hand it writes
the table anew."""
import pathlib
import re

PAGE = "tests/contract/README.md"
HEAD = "| case | sim | cards in user space | linux, on a kernel |\n|---|---|---|---|\n"
CASE = re.compile(r'TEST_CASE\(\s*("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)\s*,\s*"([^"]*)"\s*\)')
# file of cases -> where they run; "sound": those of microphone and speaker
BOARDS = {
    "tests/contract/hal/contract_test.cpp": ("yes", "", "yes"),
    "tests/contract/hal/av_contract_test.cpp": ("yes", "sound", "yes"),
    "tests/contract/hal_linux/linux_test.cpp": ("", "", "yes"),
    "tests/contract/hal/camera_kernel_test.cpp": ("", "", "yes"),
}


def cases(text):
    """(name, tags) of each case; a name may be cut into several literals."""
    for name, tags in CASE.findall(text):
        yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', name)), tags


def row(name, tags, boards):
    sim, cards, kernel = boards
    if cards == "sound":
        cards = "" if name.startswith("camera") else "yes" if not name.startswith("av") else "yes, without camera"
    if name.startswith(("hal: a ringer", "hal: an error of a ringer")):
        kernel = "its own cases: `tests/component/linux_av`"
    if "[.long]" in tags:
        kernel = "by hand: it takes minutes"
    return f"| {name.replace('|', '/')} | {sim} | {cards} | {kernel} |\n"


def table(root):
    return HEAD + "".join(row(name, tags, boards) for path, boards in BOARDS.items()
                          for name, tags in cases((root / path).read_text()))


def split(page):
    """(before, table, after)"""
    begin = page.index(HEAD)
    end = begin + len(re.match(r"(?:\|.*\n)+", page[begin:])[0])
    return page[:begin], page[begin:end], page[end:]


def check(root, _files):
    wanted = table(root)
    told = split((root / PAGE).read_text())[1]
    if wanted == told:
        return []
    differing = set(wanted.splitlines()) ^ set(told.splitlines())
    return [f"{PAGE}: {line}: python3 tests/lint/contract_cases.py writes the table anew" for line in sorted(differing)]


if __name__ == "__main__":
    ROOT = pathlib.Path(__file__).resolve().parents[2]
    before, _, after = split((ROOT / PAGE).read_text())
    (ROOT / PAGE).write_text(before + table(ROOT) + after)
