"""docs/operator.md quotes what programs say, and names every line of level err that a program writes, every area of the daemon's log, every page of docs."""
import re

PAGE = "docs/operator.md"
AREAS = "daemon/log_areas.cpp"
ERR = re.compile(r'\blog_?\.err\(\s*"([^"]+)"')
AREA = re.compile(r'\bLog\(hub, "(\w+)"\)|\blog\(hub, "(\w+)"\)')
REASON = re.compile(r"`([^`]+)`")
OF_THE_SYSTEM = {"Name or service not known", "Connection refused"}   # texts of the C library
LINE_ROW = re.compile(r"^\| `([^`]+)` \|[^|]+\S[^|]*\|[^|]+\S[^|]*\|$", re.M)


def check(root, files):
    if PAGE not in files:
        return [f"{PAGE}: missing"]
    page = (root / PAGE).read_text()
    table = page[page.index("| line |"):page.index("## Codes")]
    told = set(LINE_ROW.findall(table))
    reasons = page[page.index("| reason of `channel`"):page.index("`down`: no calls")]
    quoted = {words for row in reasons.splitlines()[2:] for words in REASON.findall(row.split(" | ")[0])} - OF_THE_SYSTEM
    written, areas = {}, {}
    for path in files:
        if not re.match(r"(core|protocol|hal|daemon|service)/.*\.[ch]pp$", path):
            continue
        text = (root / path).read_text()
        quoted = {words for words in quoted if words not in text}
        written.update({line: path for line in ERR.findall(text)})
        if path.startswith("daemon/"):
            areas.update({first or second: path for first, second in AREA.findall(text)})
    problems = [f"{PAGE}: no row for the line `{line}` of {written[line]}" for line in sorted(set(written) - told)]
    problems += [f"{PAGE}: no program says `{words}`" for words in sorted(quoted)]
    problems += [f"{PAGE}: no program writes `{line}`" for line in sorted(told - set(written))]
    listed = set(re.findall(r'"([a-z]+)"', (root / AREAS).read_text().split("areas{")[1].split("};")[0]))
    problems += [f"{AREAS}: no area `{area}` of {areas[area]}" for area in sorted(set(areas) - listed)]
    problems += [f"{PAGE}: no word of the area `{area}` of {areas[area]}" for area in sorted(areas) if f"`{area}`" not in page]
    return problems
