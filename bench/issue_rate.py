#!/usr/bin/python3
"""Durable credentials per second, issued through the API, beside plain SQLite inserts with a sync each.

    bench/issue_rate.py [--seconds 10] [--parallel 1 64] [--rounds 3] [--directory DIR] [--bin PROGRAM] [--json]

Every credential that is counted was answered with 201: database and journal were both synced by then. The two
kinds of rounds are interleaved, on the same file system, so that what else the machine does hits both. Clients are
one thread with many sockets; it shares the machine with the server.
"""

import argparse
import json
import os
import selectors
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.outputs import Outputs  # noqa: E402
from support.world import READ, World  # noqa: E402

BODY = b'{"name":"bench","scopes":["%s"],"ttl":172800}' % READ.encode()


class Issuer:
    """One connection that asks for the next credential as soon as it has one."""

    def __init__(self, address, request):
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.answer = b""

    def ask(self):
        self.asked = time.monotonic()
        self.socket.sendall(self.request)

    def take(self):
        """How long the answer took, or None when it has not come yet."""
        piece = self.socket.recv(65536)
        if not piece:
            raise SystemExit("the server closed a connection")
        self.answer += piece
        head, mark, body = self.answer.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        if len(body) < length:
            return None
        if not head.startswith(b"HTTP/1.1 201"):
            raise SystemExit(f"issuing was answered with {head[9:12].decode()}")
        self.answer = b""
        return time.monotonic() - self.asked


def issue(world, request, parallel, seconds):
    """Credentials per second, and the sorted times of each."""
    selector = selectors.DefaultSelector()
    issuers = [Issuer(world.server.address, request) for _ in range(parallel)]
    for issuer in issuers:
        selector.register(issuer.socket, selectors.EVENT_READ, issuer)
        issuer.ask()
    times, began = [], time.monotonic()
    while time.monotonic() - began < seconds:
        for key, _ in selector.select(timeout=1):
            taken = key.data.take()
            if taken is not None:
                times.append(taken)
                key.data.ask()
    elapsed = time.monotonic() - began
    for issuer in issuers:
        issuer.socket.close()
    return len(times) / elapsed, sorted(times)


def insert(directory, seconds):
    """Rows per second of the simplest durable table there is."""
    connection = sqlite3.connect(directory / f"plain-{time.monotonic_ns()}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE credentials (id TEXT PRIMARY KEY, row BLOB NOT NULL)")
    count, row, began = 0, os.urandom(300), time.monotonic()
    while time.monotonic() - began < seconds:
        connection.execute("INSERT INTO credentials VALUES (?, ?)", (f"{count:011d}", row))
        count += 1
    elapsed = time.monotonic() - began
    connection.close()
    return count / elapsed


def syncs(directory, seconds):
    """fdatasync calls per second behind a small write."""
    count, began = 0, time.monotonic()
    with open(directory / "syncs", "wb", buffering=0) as file:
        while time.monotonic() - began < seconds:
            file.write(bytes(512))
            os.fdatasync(file.fileno())
            count += 1
    return count / (time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--parallel", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--directory", type=Path, help="a directory on the disk to measure")
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/latchkey")
    parser.add_argument("--json", action="store_true", help="each round's rate, for other programs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="latchkey-bench-", dir=options.directory) as made:
        os.environ["LATCHKEY_TEST_OUTPUT"] = f"{made}/session"
        outputs = Outputs(options.bin)
        world = World(outputs, {"access_log": "off"}).people()
        token = world.manager()["secret"]
        request = (
            f"POST /api/v1/api-tokens HTTP/1.1\r\nHost: {world.server.host}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        ).encode() + BODY
        results, latencies = {}, {}
        for _ in range(options.rounds):
            results.setdefault("fdatasync, 512 bytes", []).append(syncs(Path(made), 2))
            results.setdefault("SQLite, one insert a sync", []).append(insert(Path(made), options.seconds))
            for parallel in options.parallel:
                rate, times = issue(world, request, parallel, options.seconds)
                name = f"Latchkey, {parallel} parallel"
                results.setdefault(name, []).append(rate)
                latencies.setdefault(name, []).extend(times)
        world.cli.ok("audit", "verify")
        world.server.stop()
    for times in latencies.values():
        times.sort()
    if options.json:
        print(json.dumps({name: as_json(rates, latencies.get(name)) for name, rates in results.items()}))
    else:
        show(results, latencies)


def percentiles(times):
    """p50 and p99 of sorted times, in ms."""
    return times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3


def as_json(rates, times):
    document = {"per_second": rates}
    if times:
        document["milliseconds"] = dict(zip(("p50", "p99"), percentiles(times)))
    return document


def show(results, latencies):
    print(f"{'':<28}{'per second':>12}   lowest and highest round   p50 and p99 in ms")
    for name, rates in results.items():
        times = latencies.get(name)
        at = "{:.1f} and {:.1f}".format(*percentiles(times)) if times else ""
        print(
            f"{name:<28}{statistics.median(rates):>12.0f}   {min(rates):>10.0f} {max(rates):>10.0f}      {at}"
        )


if __name__ == "__main__":
    main()
