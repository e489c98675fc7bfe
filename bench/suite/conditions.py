"""What a run was made with: machine, versions, flags, counts."""

import os
import platform
import re
import subprocess
from pathlib import Path


def output_of(*words):
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip()


def first_line(text):
    return text.splitlines()[0] if text else "not installed"


def cpu_model():
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def memory_gib():
    return int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20


def build_flags(build):
    cache = Path(build) / "CMakeCache.txt"
    text = cache.read_text() if cache.exists() else ""

    def value(name):
        found = re.search(rf"^{name}:\w+=(.*)$", text, re.M)
        return found[1] if found else ""

    kind = value("CMAKE_BUILD_TYPE")
    flags = f"{value('CMAKE_CXX_FLAGS')} {value(f'CMAKE_CXX_FLAGS_{kind.upper()}')}".strip()
    return f"{kind}: {flags}"


def revision(root):
    text = output_of("git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12")
    return first_line(text)


def conditions(run, root):
    counts = run.counts
    return [
        ("Machine", f"{cpu_model()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB, Linux {platform.release()}"),
        ("Revision", revision(root)),
        ("Compiler", first_line(output_of("g++", "--version"))),
        ("Build", build_flags(run.programs.build)),
        ("nginx", first_line(output_of("nginx", "-v")).replace("nginx version: ", "")),
        ("Load generator", f"{first_line(output_of('wrk', '-v')).split(' [')[0]}, {run.wrk.connections} connections, 1 thread"),
        ("node", first_line(output_of("node", "--version"))),
        (
            "Rounds",
            f"{counts.rounds} of {counts.seconds} s each, taking turns, after one each that does not count"
            + ("; a quick run" if counts.quick else ""),
        ),
        ("Load of the machine", "before: {:.1f}".format(os.getloadavg()[0])),
    ]
