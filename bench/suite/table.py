"""Figures as a table: for the terminal and for Markdown."""


def number(value):
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(figure):
    if figure.low == figure.high:
        return ""
    return f"{number(figure.low)} to {number(figure.high)}"


def verdict(figure):
    if not figure.target:
        return ""
    return f"{figure.target}: {'yes' if figure.met else 'NO'}"


def ratio(figure):
    if figure.ratio is None or figure.unit == "ratio":
        return ""
    return f"{times(figure.ratio)} × {figure.ratio_of}"


def times(value):
    """A ratio, with two digits where it is small."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def cells(figure):
    """name, median, unit, spread, ratio, target, note."""
    if figure.missing:
        return [figure.name, "not measured", "", "", "", "", figure.missing]
    return [
        figure.name,
        number(figure.median),
        figure.unit,
        spread(figure),
        ratio(figure),
        verdict(figure),
        figure.note,
    ]


HEADINGS = ["what", "median", "unit", "lowest to highest", "beside", "target", "note"]


def sections(figures):
    """(section, its figures), in the order of the run."""
    found = {}
    for figure in figures:
        found.setdefault(figure.section, []).append(figure)
    return found.items()


def as_text(figures):
    rows = [cells(figure) for figure in figures]
    widths = [max(len(row[i]) for row in [HEADINGS, *rows]) for i in range(6)]

    def line(row):
        aligned = [row[0].ljust(widths[0]), row[1].rjust(widths[1])]
        aligned += [row[i].ljust(widths[i]) for i in range(2, 6)]
        return "  ".join([*aligned, row[6]]).rstrip()

    lines = [line(HEADINGS)]
    for section, those in sections(figures):
        lines += ["", section]
        lines += [line(cells(figure)) for figure in those]
    return "\n".join(lines)


def as_markdown(figures):
    def line(row):
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

    lines = []
    for section, those in sections(figures):
        lines += [f"### {section}", "", line(HEADINGS), "|---|---:|---|---|---|---|---|"]
        lines += [line(cells(figure)) for figure in those]
        lines.append("")
    return "\n".join(lines)
