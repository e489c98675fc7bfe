"""wrk as the load generator: random requests of a prepared list, over TCP or a Unix socket."""

import json
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from suite.figures import of_rounds
from suite.processes import CLIENT_CORE, pinned, say

HERE = Path(__file__).resolve().parent
# wrk knows TCP alone. This makes its connections go to a Unix socket instead, whoever listens there.
UNIX_SHIM = HERE / "unix_connect.c"


@dataclass
class Request:
    """What is asked: `{token}` in a header's or the body's text stands for a credential of the file."""

    path: str
    headers: dict
    method: str = "GET"
    body: str = ""


@dataclass
class Contender:
    """One row of a comparison: who is asked, with what, and whose processor time is counted."""

    name: str
    programs: list
    address: object  # A port, or the path of a Unix socket.
    request: Request
    tokens: Path
    hot: bool = False  # One credential for all requests.
    note: str = ""


@dataclass
class Sample:
    requests: int
    per_second: float
    cpu_us: float
    p99_us: float
    busy: float  # How much of a core the server used.


class Wrk:
    def __init__(self, directory, connections=64):
        self.directory = Path(directory)
        self.connections = connections
        self.shim = self.directory / "unix_connect.so"
        subprocess.run(
            ["gcc", "-O2", "-shared", "-fPIC", "-o", self.shim, UNIX_SHIM, "-ldl"], check=True
        )

    def run(self, contender, seconds):
        """One round. Every answer but 2xx is an error, and errors end the benchmark."""
        request = contender.request
        spec = self.directory / "request.json"
        lines = [request.method, request.path, str(int(contender.hot)), str(contender.tokens), request.body]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        spec.write_text("\n".join(lines) + "\n")
        env = {"PATH": "/usr/bin:/bin", "BENCH_REQUEST": str(spec)}
        port = contender.address
        if not isinstance(port, int):
            env |= {"LD_PRELOAD": str(self.shim), "BENCH_UNIX_SOCKET": str(contender.address)}
            port = 9  # Nobody is asked there.
        words = ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--timeout", "10s"]
        before = sum(program.cpu_seconds() for program in contender.programs)
        done = subprocess.run(
            [*pinned(CLIENT_CORE), *words, "-s", HERE / "load.lua", f"http://127.0.0.1:{port}{request.path}"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        used = sum(program.cpu_seconds() for program in contender.programs) - before
        marked = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
        if done.returncode != 0 or not marked:
            raise RuntimeError(f"wrk: {done.stdout[-300:]}{done.stderr[-300:]}")
        result = json.loads(marked[0][6:])
        if result["errors"] or not result["requests"]:
            raise RuntimeError(f"{contender.name}: {result['errors']} of {result['requests']} requests failed")
        return Sample(
            result["requests"],
            result["requests"] / (result["duration_us"] / 1e6),
            used * 1e6 / result["requests"],
            result["p99_us"],
            used / (result["duration_us"] / 1e6),
        )

    def compare(self, contenders, rounds, seconds):
        """name → samples; the rounds take turns: A B C A B C …, after one round each that does not count."""
        samples = {one.name: [] for one in contenders}
        for number in range(rounds + 1):
            for one in contenders:
                sample = self.run(one, seconds if number else min(seconds, 1))
                if number:
                    samples[one.name].append(sample)
                    say(
                        f"{one.name}: {sample.cpu_us:.2f} µs, {sample.per_second:,.0f}/s, p99 {sample.p99_us:,.0f} µs"
                    )
        return samples


def figures_of(section, name, samples, note=""):
    """The three figures of a contender: processor time, requests per second, p99."""
    busy = f"server {median_of(samples, 'busy'):.0%} busy"
    return [
        of_rounds(section, name, "µs of server CPU", [one.cpu_us for one in samples], note=note),
        of_rounds(section, name, "requests/s", [one.per_second for one in samples], note=busy),
        of_rounds(section, name, "µs at p99", [one.p99_us for one in samples]),
    ]


def median_of(samples, field):
    return statistics.median(getattr(one, field) for one in samples)
