"""docs/operator.md names every line of level err that a program writes, every area of the daemon's log, every page of docs."""
import re

PAGE = "docs/operator.md"
ERR = re.compile(r'\blog_?\.err\(\s*"([^"]+)"')
AREA = re.compile(r'\bLog\(hub, "(\w+)"\)|\blog\(hub, "(\w+)"\)')
LINE_ROW = re.compile(r"^\| `([^`]+)` \|[^|]+\S[^|]*\|[^|]+\S[^|]*\|$", re.M)


def check(root, files):
    if PAGE not in files:
        return [f"{PAGE}: missing"]
    page = (root / PAGE).read_text()
    table = page[page.index("| line |"):page.index("## Codes")]
    told = set(LINE_ROW.findall(table))
    written, areas = {}, {}
    for path in files:
        if not re.match(r"(core|protocol|hal|daemon|service)/.*\.[ch]pp$", path):
            continue
        text = (root / path).read_text()
        written.update({line: path for line in ERR.findall(text)})
        if path.startswith("daemon/"):
            areas.update({first or second: path for first, second in AREA.findall(text)})
    problems = [f"{PAGE}: no row for the line `{line}` of {written[line]}" for line in sorted(set(written) - told)]
    problems += [f"{PAGE}: no program writes `{line}`" for line in sorted(told - set(written))]
    problems += [f"{PAGE}: no word of the area `{area}` of {areas[area]}" for area in sorted(areas) if f"`{area}`" not in page]
    return problems
