"""GCC 12 destroys some temporaries of a co_await expression twice. The law: inside one write only names,
std::move(name) and calls with such arguments. This finds statements that break it."""
import re

CAPTURE = re.compile(r"\[[^\]\[]+\]\s*(\(|\{|mutable)")          # a lambda with captures
BRACED_TYPE = re.compile(r"\b[A-Z]\w*(?:::\w+)*\s*\{")           # Request{...}: a temporary aggregate
BRACED_ARGUMENT = re.compile(r"[(,]\s*\{")                       # f({...})
CHOICE = re.compile(r"\?")                                       # f(a ? b : c): a temporary on one branch


def statements(text):
    """(line number, text from co_await to the end of its statement) for each co_await."""
    clean = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    clean = re.sub(r"//[^\n]*", lambda m: " " * len(m[0]), clean)
    for found in re.finditer(r"\bco_await\b", clean):
        depth, end = 0, found.end()
        while end < len(clean):
            c = clean[end]
            if c in "([{":
                depth += 1
            elif c in ")]}":
                depth -= 1
                if depth < 0:
                    break
            elif c == ";" and depth == 0:
                break
            end += 1
        yield clean.count("\n", 0, found.start()) + 1, clean[found.end():end]


def check(root, files):
    problems = []
    for path in files:
        if not path.endswith((".cpp", ".hpp")):
            continue
        text = (root / path).read_text()
        for line, statement in statements(text):
            for pattern, what in ((CAPTURE, "a lambda with captures"), (BRACED_TYPE, "a braced temporary"),
                                  (BRACED_ARGUMENT, "a braced list"), (CHOICE, "a choice between temporaries")):
                if pattern.search(statement):
                    problems.append(f"{path}:{line}: {what} inside a co_await expression: name it first")
    return problems
