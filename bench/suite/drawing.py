"""Figures as an SVG: one panel for each section and unit, bars with the spread of their rounds.

The colours follow the reader's light or dark setting. A panel whose bars differ by more than a
hundred times has a logarithmic axis, and says so.
"""

import math
from xml.sax.saxutils import escape

from suite.table import number, sections, times

WIDTH = 960
LEFT = 400  # Where bars begin.
RIGHT = 150  # For the number behind a bar.
ROW = 22
NAME_MAX = 56
# What Latchkey is compared with begins with one of these.
OTHERS = ("nginx", "static", "git http-backend", "floor", "SQLite", "fdatasync", "glewlwyd", "oidc-provider", "better-auth")
STYLE = """
  :root { color-scheme: light dark; }
  svg { font: 13px system-ui, sans-serif; background: #ffffff; }
  text { fill: #1f2328; } .quiet { fill: #59636e; font-size: 12px; } .title { font-weight: 600; font-size: 15px; }
  .ground { fill: #ffffff; } .line { stroke: #d1d9e0; }
  .bar { fill: #8c959f; } .ours { fill: #0969da; } .spread { stroke: #1f2328; stroke-width: 1.5; }
  .good { fill: #1a7f37; } .bad { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .quiet { fill: #9198a1; } .ground { fill: #0d1117; } .line { stroke: #3d444d; }
    .bar { fill: #656c76; } .ours { fill: #4493f8; } .spread { stroke: #e6edf3; }
    .good { fill: #3fb950; } .bad { fill: #f85149; }
  }
"""


def panels(figures):
    """(title, figures of one unit), without what is not drawn."""
    for section, those in sections(figures):
        units = {}
        for figure in those:
            if figure.drawn:
                units.setdefault("" if figure.missing else figure.unit, []).append(figure)
        for unit, some in units.items():
            yield f"{section}: {unit}" if unit else f"{section}: not measured", some


def scale_of(figures):
    """A function from a value to a bar's length, and whether it is logarithmic."""
    values = [figure.median for figure in figures if figure.median]
    most = max([figure.high for figure in figures if figure.high] or [1])
    room = WIDTH - LEFT - RIGHT
    least = min(values, default=most)
    if least > 0 and most / least > 100:
        bottom = 10 ** math.floor(math.log10(least))
        span = math.log10(most / bottom)
        return lambda value: room * max(math.log10(max(value, bottom) / bottom), 0) / span, True
    return lambda value: room * value / most, False


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def draw_row(figure, y, scale):
    middle = y + ROW / 2 + 4
    name = figure.name if len(figure.name) <= NAME_MAX else figure.name[: NAME_MAX - 1] + "…"
    yield text(LEFT - 8, middle, name, "", "end")
    if figure.missing:
        yield text(LEFT, middle, figure.missing[:80], "quiet")
        return
    kind = "bar" if figure.name.startswith(OTHERS) else "ours"
    length = scale(figure.median)
    yield f'<rect x="{LEFT}" y="{y + 4:.1f}" width="{length:.1f}" height="{ROW - 8}" rx="2" class="{kind}"/>'
    end = length
    if figure.low != figure.high:
        low, high = LEFT + scale(figure.low), LEFT + scale(figure.high)
        line = y + ROW / 2
        yield f'<path d="M{low:.1f} {line}H{high:.1f}M{low:.1f} {line - 4}v8M{high:.1f} {line - 4}v8" class="spread"/>'
        end = max(end, high - LEFT)
    words = number(figure.median)
    if figure.ratio is not None and figure.unit != "ratio":
        words += f"  (× {times(figure.ratio)})"
    kind = "" if figure.met is None else "good" if figure.met else "bad"
    yield text(LEFT + end + 6, middle, words + ("" if figure.met is None else " ✓" if figure.met else " ✗"), kind)


def draw(figures, caption):
    parts = []
    y = 62.0
    for title, some in panels(figures):
        scale, logarithmic = scale_of(some)
        y += 14
        parts.append(text(16, y, title + (" (logarithmic)" if logarithmic else ""), "title"))
        y += 8
        parts.append(f'<path d="M{LEFT} {y}V{y + ROW * len(some)}" class="line"/>')
        for figure in some:
            parts += draw_row(figure, y, scale)
            y += ROW
        y += 12
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y:.0f}" viewBox="0 0 {WIDTH} {y:.0f}" role="img">',
        "<title>Latchkey: benchmarks</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{y:.0f}" class="ground"/>',
        text(16, 28, "Latchkey: benchmarks", "title"),
        text(16, 46, caption, "quiet"),
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"
