"""Every rule that must always hold (daemon/call/README.md) has a test that carries its number."""
import re

PAGE = "daemon/call/README.md"
ROW = re.compile(r"^\| (INV-\d+) \|", re.M)
TAG = re.compile(r"\[(INV-\d+)\]")


def check(root, files):
    listed = ROW.findall((root / PAGE).read_text())
    tagged = set()
    for path in files:
        if path.startswith("tests/") and path.endswith("_test.cpp"):
            tagged.update(TAG.findall((root / path).read_text()))
    problems = [f"{PAGE}: no rows of invariants"] if not listed else []
    problems += [f"{PAGE}: {rule} has no test" for rule in listed if rule not in tagged]
    problems += [f"tests: {rule} is no row of {PAGE}" for rule in sorted(tagged - set(listed))]
    return problems
