"""The gate beside an nginx that answers 204 to everything, and beside itself with less to do."""

from contextlib import ExitStack

from suite.figures import at_least, at_most, figures_of_ratio, of_rounds
from suite.latchkey import client_request, gate_question
from suite.load import Contender, figures_of
from suite.nginx import Nginx

YARDSTICK = "nginx, return 204"
ALL_ON = "uses, metrics and access log on"


def measure(run):
    return over(run, "TCP") + over(run, "Unix socket")


def over(run, transport):
    """Everybody is sent the same bytes, the Authorization header included."""
    section = f"Gate over {transport}"
    tcp = transport == "TCP"
    with ExitStack() as stack:
        on = run.installation()
        off = run.twin()
        nginx = Nginx.static(run.directory / f"nginx-{'tcp' if tcp else 'unix'}")
        stack.callback(nginx.stop)
        for one, settings in ((on, {}), (off, {"gate_usage": "off"})):
            one.start(**settings)
            stack.callback(one.stop)

        def contender(name, server, hot=False):
            address = server.gate_port if tcp else server.gate_socket
            return Contender(name, [server.server], address, gate_question(), on.tokens, hot)

        contenders = [
            Contender(YARDSTICK, [nginx.program], nginx.port if tcp else nginx.socket, gate_question(), on.tokens),
            contender("Latchkey, random tokens", on),
            contender("Latchkey, one token", on, hot=True),
            contender("Latchkey, random tokens, uses off", off),
            contender("Latchkey, one token, uses off", off, hot=True),
        ]
        samples = run.wrk.compare(contenders, run.counts.rounds, run.counts.seconds)
    return rows(section, samples, run.counts.tokens)


def rows(section, samples, tokens):
    made = []
    for name, taken in samples.items():
        note = ALL_ON if name.startswith("Latchkey") and not name.endswith("off") else ""
        if "random" in name:
            note = f"{tokens:,} tokens; {note}".strip("; ")
        figures = figures_of(section, name, taken, note)
        if name != YARDSTICK:
            compare(figures, taken, samples[YARDSTICK], strict=not name.endswith("off"))
        made += figures
    for what in ("random tokens", "one token"):
        on, off = samples[f"Latchkey, {what}"], samples[f"Latchkey, {what}, uses off"]
        made.append(
            at_least(
                figures_of_ratio(
                    section,
                    f"Uses on ÷ off, {what}: requests per CPU second",
                    [one.cpu_us for one in off],
                    [one.cpu_us for one in on],
                ),
                0.97,
            )
        )
        made.append(
            at_least(
                figures_of_ratio(
                    section,
                    f"Uses on ÷ off, {what}: requests/s",
                    [one.per_second for one in on],
                    [one.per_second for one in off],
                ),
                0.97,
            )
        )
    return made


def compare(figures, taken, yardstick, strict):
    """Ratios to the yardstick's rounds of the same turn; targets where everything is on."""
    checks = (("cpu_us", at_most, 0.9), ("per_second", at_least, 1.0), ("p99_us", at_most, 1.2))
    for figure, (field, check, limit) in zip(figures, checks):
        pairs = zip(taken, yardstick)
        ratios = sorted(getattr(mine, field) / getattr(theirs, field) for mine, theirs in pairs)
        figure.ratio, figure.ratio_of = ratios[len(ratios) // 2], YARDSTICK
        if strict:
            check(figure, limit)


def measure_auth_request(run):
    """nginx that asks before it serves a page: Latchkey, or an nginx that answers 204 to everything."""
    section = "nginx auth_request"
    with ExitStack() as stack:
        latchkey = run.installation()
        latchkey.start()
        stack.callback(latchkey.stop)
        static = Nginx.static(run.directory / "static")
        stack.callback(static.stop)
        contenders = []
        for transport, asked, there in (
            ("TCP", f"127.0.0.1:{static.port}", f"127.0.0.1:{latchkey.gate_port}"),
            ("Unix socket", f"unix:{static.socket}", f"unix:{latchkey.gate_socket}"),
        ):
            for name, server, program in (
                ("static 204", asked, static.program),
                ("Latchkey", there, latchkey.server),
            ):
                directory = run.directory / f"front-{len(contenders)}"
                front = Nginx.guarding(directory, server, gate_question().path)
                stack.callback(front.stop)
                contenders.append(
                    Contender(
                        f"{name}, {transport}", [front.program, program], front.port, client_request(), latchkey.tokens
                    )
                )
        samples = run.wrk.compare(contenders, run.counts.rounds, run.counts.seconds)
    made = []
    for name, taken in samples.items():
        figures = figures_of(section, name, taken, "proxy and what it asks share a core")
        if name.startswith("Latchkey"):
            other = name.replace("Latchkey", "static 204")
            ratio = figures_of_ratio(
                section,
                f"Latchkey ÷ static 204, {name.split(', ')[1]}: requests/s",
                [one.per_second for one in taken],
                [one.per_second for one in samples[other]],
            )
            figures.append(at_least(ratio, 0.97))
        made += figures
    return made


def measure_growth(section, run, installation, credentials):
    """What a question costs among that many credentials."""
    contender = Contender(
        f"Gate among {credentials:,} credentials",
        [installation.server],
        installation.gate_port,
        gate_question(),
        installation.tokens,
    )
    taken = run.wrk.compare([contender], min(run.counts.rounds, 5), run.counts.seconds)[contender.name]
    return [of_rounds(section, contender.name, "µs of server CPU", [one.cpu_us for one in taken])]
