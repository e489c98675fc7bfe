"""What the measurements of a cluster share: where they run, and figures."""

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "deploy/cluster")]
sys.dont_write_bytecode = True

from fault.deployment import OnPatroni, OnPostgres, OnSqlite, knows_postgresql  # noqa: E402
from support.secrets import SecretVault  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def parser(text, stores=("sqlite", "postgresql", "patroni"), default="patroni"):
    made = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--store", choices=stores, default=default, help="default: %(default)s")
    made.add_argument("--binary", type=Path, default=ROOT / "build/release/latchkey", help="default: %(default)s")
    made.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    made.add_argument("--slow", action="store_true", help="Patroni's times for operation, 20/5/5, not those for tests")
    made.add_argument("--network", choices=("loopback", "namespaces"), default="loopback")
    return made


@contextmanager
def deployed(wanted):
    """Nodes that run, with accounts and the tokens that issue; nothing of it is left."""
    binary = wanted.binary.absolute()
    if not os.access(binary, os.X_OK):
        sys.exit(f"{binary} is not built: ./dev build, or name another with --binary")
    if wanted.store != "sqlite" and not knows_postgresql(binary):
        sys.exit(f"{binary} keeps nothing in PostgreSQL: `serve --help` knows no --store")
    with tempfile.TemporaryDirectory(prefix="latchkey-cluster-bench-") as directory:
        os.chmod(directory, 0o711)
        place = Path(directory) / "nodes"
        if wanted.store == "sqlite":
            made = OnSqlite(binary, place, SecretVault())
        elif wanted.store == "postgresql":
            made = OnPostgres(binary, place, SecretVault())
        else:
            made = OnPatroni(binary, place, SecretVault(), wanted.network, fast=not wanted.slow)
        try:
            print(f"seed {wanted.seed}; {wanted.store}, {len(made.nodes)} nodes, {os.cpu_count()} cores", flush=True)
            yield made.start()
        finally:
            made.stop()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def milliseconds(seconds):
    """`p50 1.2 ms, p99 3.4 ms, longest 5.6 ms (n = 100)`."""
    p50, p99, top = (percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1.0))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {top:.1f} ms (n = {len(seconds)})"


def processor_time(pids):
    """Seconds of processor that they have used."""
    total = 0
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2 :].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def database_pids(deployment):
    if hasattr(deployment, "database"):
        return deployment.database.pids()
    if hasattr(deployment, "cluster"):
        from trial import processes

        return processes.below(deployment.cluster.directory, "postgres")
    return []
