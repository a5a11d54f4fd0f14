#!/usr/bin/env python3
"""Adds up the cases of several builds from ctest's reports and prints the last line of a test run."""
import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

ALL_PASSED = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
COUNTS = re.compile(r"^test cases:(.*)$", re.M)
RAN = re.compile(r"^Ran (\d+) tests? in", re.M)
SKIPPED = re.compile(r"skipped=(\d+)")
NODE = re.compile(r"^# (pass|fail|cancelled|skipped) (\d+)$", re.M)
REASON = re.compile(r"(?:# SKIP (?!test name)|\.\.\. skipped '|skipped: )([^'\n]+)")
NODE_GROUP = re.compile(r"^ok \d+ - .* # SKIP", re.M)   # Node does not count the cases of a group that is left out
LEFT_OUT = re.compile(r"^\s*skipped: ", re.M)
TROUBLE = re.compile(r"(?:failures|errors|unexpected successes)=(\d+)")


def count(output, failed):
    """Cases (passed, failed, skipped) of one ctest entry, read from what its runner printed."""
    # Catch2 2 knows no skipping: such a case passes, and says so.
    left_out = len(LEFT_OUT.findall(output))
    if found := ALL_PASSED.search(output):
        return int(found[1]) - left_out, 0, left_out
    if found := COUNTS.search(output):
        passed = re.search(r"(\d+) passed", found[1])
        lost = re.search(r"(\d+) failed", found[1])
        return int(passed[1]) - left_out if passed else 0, int(lost[1]) if lost else 0, left_out
    if found := RAN.search(output):
        last = output[found.end():]
        skipped = sum(int(n) for n in SKIPPED.findall(last))
        lost = sum(int(n) for n in TROUBLE.findall(last))
        # What fails before the cases of a class is no case that ran.
        return max(0, int(found[1]) - skipped - lost), lost, skipped
    if found := dict(NODE.findall(output)):
        return int(found["pass"]), int(found["fail"]) + int(found["cancelled"]), max(int(found["skipped"]), len(NODE_GROUP.findall(output)))
    return (0, 1, 0) if failed else (1, 0, 0)


def reasons(output):
    """Why something was left out, in the words of its runner."""
    return set(REASON.findall(output))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="+")
    parser.add_argument("--also-passed", type=int, default=0)
    parser.add_argument("--also-failed", type=int, default=0)
    options = parser.parse_args()
    totals = [options.also_passed, options.also_failed, 0]
    print()
    for preset in options.presets:
        report = pathlib.Path("build") / preset / "report.xml"
        if not report.exists():
            print(f"{preset}: no report")
            totals[1] += 1
            continue
        sums = [0, 0, 0]
        why = set()
        for case in tree.parse(report).getroot().iter("testcase"):
            bad = case.get("status") == "fail" or case.find("failure") is not None
            counted = list(count(case.findtext("system-out") or "", bad))
            if bad and counted[1] == 0:   # died, or passed its cases and then failed (a leak, a sanitizer)
                counted[1] = 1
                print(f"{preset}: {case.get('name')} failed outside its cases")
            sums = [a + b for a, b in zip(sums, counted)]
            why |= reasons(case.findtext("system-out") or "")
        print(f"{preset}: {sums[0]} passed, {sums[1]} failed, {sums[2]} skipped")
        for reason in sorted(why):
            print(f"  left out: {reason}")
        totals = [a + b for a, b in zip(totals, sums)]
    skipped = f", {totals[2]} skipped" if totals[2] else ""
    print(f"{totals[0]} passed, {totals[1]} failed{skipped}")
    return 1 if totals[1] or totals[0] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
