"""docs/benchmarks/: the figures as they were measured, as a page and as a drawing."""

import json

from suite.drawing import draw
from suite.figures import Report
from suite.table import as_markdown

PAGE = """# Benchmarks

Made by `./dev bench{quick}`, which writes this page, [results.svg](results.svg) and [figures.json](figures.json). Run it again on
your own machine: what counts are the ratios within one run, since a peer stands in the same run.

![The figures as bars](results.svg)

## Conditions

| | |
|---|---|
{conditions}

## How it is measured

- The server has one core (with all its processes and, for better-auth, PostgreSQL's), `wrk` the other. Rounds take turns: A B C, A B C, ….
  A row is the median of its rounds, with the lowest and the highest beside it. "Beside" is the median of the ratios of rounds that stood next to each other.
- **Server CPU** is `utime + stime` of the server's processes before and after a round, divided by the requests. It is the figure to
  trust; requests per second depend on what else the machine does, and both contenders may be waiting for `wrk`.
- Credentials are drawn at random for each request, by everybody from the same file. Everybody gets the same bytes. An answer
  other than 2xx ends the run. Before it, each peer must have called a good credential good and a bad one bad.
- The gate runs as it is shipped: uses noted, metrics, access log to a file. nginx as the yardstick writes no log.
- `wrk` knows TCP alone; for Unix sockets a preloaded library (`bench/suite/unix_connect.c`) sends its connections there, for all contenders alike.
- Of the proxied rows, nginx and what it asks share the server's core, with connections kept open in between.
- Stores of millions are made by `make_credentials_bench`: sealed records, change log and chained journal as if issued one by one,
  in larger transactions. A start is timed from the program's start until the gate accepts, on all cores, with the files in the page cache.
- Peers: glewlwyd introspects JWTs under HMAC, its cheapest, in SQLite, asked with an access token (with a client's
  password it would hash that each time); oidc-provider introspects opaque tokens in a map in its memory; better-auth checks API keys
  in PostgreSQL on the same core, and writes each key's last use there, as it does by default.

## Figures

{figures}"""


def write(report, directory, quick):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "figures.json").write_text(json.dumps(report.to_json(), indent=1, ensure_ascii=False) + "\n")
    conditions = "\n".join(f"| {what} | {value} |" for what, value in report.conditions)
    page = PAGE.format(
        quick=" --quick" if quick else "", conditions=conditions, figures=as_markdown(report.figures)
    )
    (directory / "README.md").write_text(page.rstrip() + "\n")
    known = dict(report.conditions)
    caption = f"{known.get('Machine', '')} · revision {known.get('Revision', '')} · bars are medians, whiskers the rounds"
    (directory / "results.svg").write_text(draw(report.figures, caption))


def read(directory):
    return Report.from_json(json.loads((directory / "figures.json").read_text()))
