"""Peers that do the same check, in the same run: is this credential good, and for what?"""

from contextlib import ExitStack

from suite.figures import missing
from suite.latchkey import gate_question, introspection
from suite.load import Contender, figures_of
from suite.peers import PEERS
from suite.processes import say

SECTION = "Peers doing the same check"
GATE = "Latchkey, gate"


def measure(run):
    made = []
    with ExitStack() as stack:
        latchkey = run.installation()
        latchkey.start()
        stack.callback(latchkey.stop)
        server, tokens = [latchkey.server], latchkey.tokens
        contenders = [
            Contender(GATE, server, latchkey.gate_port, gate_question(), tokens),
            Contender("Latchkey, introspection", server, latchkey.port, introspection(latchkey.service), tokens),
        ]
        for kind in PEERS:
            count = kind.TOKENS[0 if run.counts.quick else 1]
            say(f"{kind.NAME}: started with {count:,} credentials")
            try:
                peer = stack.enter_context(kind(run.directory / kind.NAME, count))
                contender = peer.start()
                contender.note = f"{kind.NAME} {kind.version()}, {count:,} credentials"
                run.wrk.run(contender, 1)
                contenders.append(contender)
            except Exception as error:  # Whatever it is: the row says so.
                made.append(missing(SECTION, kind.NAME, error))
        samples = run.wrk.compare(contenders, run.counts.rounds, run.counts.seconds)
    notes = {one.name: one.note for one in contenders}
    for name, taken in samples.items():
        figures = figures_of(SECTION, name, taken, notes[name] or f"{run.counts.tokens:,} credentials")
        for figure, field in zip(figures, ("cpu_us", "per_second", "p99_us")):
            if name != GATE:
                pairs = zip(taken, samples[GATE])
                ratios = sorted(getattr(theirs, field) / getattr(ours, field) for theirs, ours in pairs)
                figure.ratio, figure.ratio_of = ratios[len(ratios) // 2], GATE
        made += figures
    return made
