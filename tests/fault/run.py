"""./dev fault: servers, clients and faults, from a seed, and whether every promise held.

    ./dev fault [--minutes N] [--seed S] [--only F5]… [--store sqlite|postgresql|both] [--list]

Each fault gets servers of its own and a load of clients that issue, revoke, suspend and check. Afterwards the whole
history is checked (tests/fault/checker.py). --minutes: goes on with further seeds for so long; without it, each fault
once. A failed run names its seed; with --seed it does the same again, as far as threads allow.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fault import faults_database, faults_node  # noqa: E402, F401  They register themselves.
from fault.deployment import knows_postgresql  # noqa: E402
from fault.registry import FAULTS, Unavailable  # noqa: E402
from fault.trial import Trial  # noqa: E402
from support.secrets import SecretVault  # noqa: E402


def run_one(one, store, seed, binary, directory, vault):
    """(violations, what to print). The violations of a run that broke off are one: that it did."""
    trial = Trial(binary, directory, vault, store, seed)
    began = time.monotonic()
    try:
        one.function(trial)
        found = trial.finish()
    except Unavailable as why:
        return [], f"{one.name:4} {store:10} not run: {why}"
    except Exception as broken:  # Whatever it is: the others are run, and the seed is told.
        with open(directory / "broken.txt", "w") as file:
            traceback.print_exc(file=file)
        found = [*trial.found, f"broke off: {type(broken).__name__}: {broken}"]
    finally:
        trial.close()
    words = [trial.counts(), *trial.notes]
    line = f"{one.name:4} {store:10} seed {seed}: {len(found)} violations; {'; '.join(words)}; "
    return found, line + f"{time.monotonic() - began:.1f} s"


def plan(wanted, stores):
    chosen = [FAULTS[name] for name in wanted or sorted(FAULTS, key=lambda name: int(name[1:]))]
    return [(one, store) for one in chosen for store in stores if store in one.stores]


def stores_of(wanted, binary):
    able = knows_postgresql(binary)
    if wanted == "postgresql" and not able:
        sys.exit(f"{binary} keeps nothing in PostgreSQL: `serve --help` knows no --store")
    if wanted == "both" and not able:
        print("only SQLite: `serve --help` knows no --store")
        return ["sqlite"]
    return ["sqlite", "postgresql"] if wanted == "both" else [wanted]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    parser.add_argument("--only", action="append", choices=sorted(FAULTS, key=lambda name: int(name[1:])))
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--binary", default=os.environ.get("LATCHKEY_BIN") or ROOT / "build/dev/latchkey", type=Path)
    parser.add_argument("--list", action="store_true")
    wanted = parser.parse_args()
    if wanted.list:
        for _, one in sorted(FAULTS.items(), key=lambda item: int(item[0][1:])):
            print(f"{one.name:4} {', '.join(one.stores):20} {one.title}")
        return 0
    binary = wanted.binary.absolute()
    if not os.access(binary, os.X_OK):
        sys.exit(f"{binary} is not built: ./dev build dev, or --binary")
    root = Path(tempfile.mkdtemp(prefix="latchkey-fault-"))
    root.chmod(0o711)
    violations = run_all(wanted, binary, root)
    if violations:
        print(f"{violations} violations; histories and logs are kept in {root}")
    else:
        shutil.rmtree(root)
    return 1 if violations else 0


def run_all(wanted, binary, root):
    deadline = time.monotonic() + wanted.minutes * 60
    seeds, vault, violations, trials = random.Random(wanted.seed), SecretVault(), 0, 0
    print(f"seed {wanted.seed}")
    todo = plan(wanted.only, stores_of(wanted.store, binary))
    while trials < len(todo) or time.monotonic() < deadline:
        one, store = todo[trials % len(todo)]
        # The first round of one fault has the seed itself, so that a seed that was printed makes that run.
        seed = wanted.seed if wanted.only and trials < len(todo) else seeds.getrandbits(32)
        trials += 1
        directory = root / f"{trials:04}-{one.name}-{store}"
        directory.mkdir(mode=0o711)
        found, line = run_one(one, store, seed, binary, directory, vault)
        print(line, flush=True)
        for sentence in found[:10]:
            print(f"     {sentence}", flush=True)
        violations += len(found)
        if not found:
            shutil.rmtree(directory, ignore_errors=True)
    print(f"{trials} trials, {violations} violations")
    return violations


if __name__ == "__main__":
    sys.exit(main())
