"""A strict reader of OpenMetrics text: what a scraper would refuse is an AssertionError here.

@source OpenMetrics 1.0, "Text format": one # EOF at the end, families in one piece, samples that fit their type."""
import re

SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>[^{}]*)\})? (?P<value>\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"')
SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",), "summary": ("_sum", "_count", "_created")}


class Family:
    def __init__(self, kind):
        self.kind = kind
        self.help = None
        self.samples = {}   # (suffix, labels sorted) -> number


def parse(text):
    """{family name: Family}"""
    if not text.endswith("# EOF\n"):
        raise AssertionError("no # EOF at the end")
    families, name = {}, None
    for line in text[:-len("# EOF\n")].splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name in families or kind not in SUFFIXES:
                raise AssertionError(f"twice, or of no known type: {line}")
            if kind == "counter" and name.endswith("_total"):
                raise AssertionError(f"the family of a counter is named without _total: {line}")
            families[name] = Family(kind)
        elif line.startswith("# HELP "):
            if line.split(" ")[2] != name or families[name].help is not None:
                raise AssertionError(f"help of another family, or twice: {line}")
            families[name].help = line.split(" ", 3)[3]
        else:
            add_sample(families[name] if name else None, name, line)
    return families


def add_sample(family, name, line):
    found = SAMPLE.fullmatch(line)
    if family is None or not found or not found["name"].startswith(name):
        raise AssertionError(f"no sample of {name}: {line}")
    suffix = found["name"][len(name):]
    if suffix not in SUFFIXES[family.kind]:
        raise AssertionError(f"a {family.kind} has no {suffix!r}: {line}")
    labels = found["labels"] or ""
    if ",".join(f'{key}="{value}"' for key, value in LABEL.findall(labels)) != labels:
        raise AssertionError(f"labels: {line}")
    value = float(found["value"])
    if family.kind == "counter" and not value >= 0:
        raise AssertionError(f"a counter below zero: {line}")
    key = (suffix, tuple(sorted(LABEL.findall(labels))))
    if key in family.samples:
        raise AssertionError(f"twice: {line}")
    family.samples[key] = value


def value(families, name, **labels):
    """The one sample of a counter or gauge, or that of the labels; KeyError when there is none."""
    family = families[name]
    suffix = {"counter": "_total", "gauge": ""}[family.kind]
    return family.samples[(suffix, tuple(sorted(labels.items())))]
