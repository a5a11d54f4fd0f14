"""Left-over words, sizes, folder pages, and the parts of the documents that name files or options."""
import re

# Spelled in pieces so that this file does not find itself.
LEFT_OVER = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bHA" + r"CK\b", "not imple" + "mented"]))
MAX_LINES = 600
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
PAGES = ["core", "protocol", "config", "hal", "daemon", "service", "systemd", "toolchains", "tests", "docs"]


def check(root, files):
    problems = [f"{folder}: no README.md" for folder in PAGES if not (root / folder / "README.md").exists()]
    for path in files:
        full = root / path
        if full.suffix not in {".cpp", ".hpp", ".py", ".md", ".cmake", ".txt", ".json", ".js", ".html", ".css", ""}:
            continue
        try:
            text = full.read_text()
        except UnicodeDecodeError:
            continue
        if path != "LICENSE" and not path.startswith("tests/data/fuzz/"):
            for number, line in enumerate(text.splitlines(), 1):
                if LEFT_OVER.search(line):
                    problems.append(f"{path}:{number}: left-over word")
                if full.suffix in {".cpp", ".hpp"} and "sleep_for" in line:
                    problems.append(f"{path}:{number}: waiting by the clock is not synchronisation")
                if "Clock::now()" in line and not re.match(r"core/timers\.[ch]pp|tests/", path):
                    problems.append(f"{path}:{number}: time comes from Timers")
        if full.suffix in {".cpp", ".hpp"} and text.count("\n") > MAX_LINES and not path.startswith("tests/"):
            problems.append(f"{path}: {text.count(chr(10))} lines; at most {MAX_LINES}")
        if full.suffix == ".md":
            for target in LINK.findall(text):
                if not (full.parent / target).exists():
                    problems.append(f"{path}: link to {target}, which does not exist")
    return problems
