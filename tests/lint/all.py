#!/usr/bin/env python3
"""Runs every lint over the files that git knows and prints what it finds."""
import pathlib
import subprocess
import sys

import contract_cases
import coroutine_traps
import includes
import invariants
import operator_page
import text


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    listed = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.splitlines() if (root / name).is_file()]
    problems = [p for lint in (contract_cases, includes, coroutine_traps, invariants, operator_page, text)
                for p in lint.check(root, files)]
    print("\n".join(problems) or f"lint: {len(files)} files, nothing found")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
