"""The files beside this folder, edited as README.md says, for nodes on one machine."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
# What stands in the files.
PREFIX = "192.0.2."
DATABASES = {"db-1": 11, "db-2": 12, "db-3": 13}
SERVERS = {"latchkey-1": 21, "latchkey-2": 22, "latchkey-3": 23}
PROXY = {"proxy": 30}

DEFAULT_TIMES = {"ttl": 20, "loop_wait": 5, "retry_timeout": 5}
# For tests alone: a busy machine loses its primary with these. Newer releases of Patroni refuse them.
FAST_TIMES = {"ttl": 5, "loop_wait": 1, "retry_timeout": 2}


def _replace(text, old, new):
    if old not in text:
        raise AssertionError(f"the example has no {old!r} any more")
    return text.replace(old, new)


def _this_node(text, first, first_number, node, number):
    """The lines that differ from node to node."""
    lines = []
    for line in text.splitlines(keepends=True):
        if "# this node" in line:
            line = line.replace(first, node).replace(f"{PREFIX}{first_number}", f"{PREFIX}{number}")
        lines.append(line)
    return "".join(lines)


def patroni(node, prefix, directory, options):
    text = _this_node((FOLDER / "patroni.yml").read_text(), "db-1", 11, node, DATABASES[node])
    text = _replace(text, "/var/lib/postgresql/15/latchkey", f"{directory}/data")
    text = _replace(text, "/usr/lib/postgresql/15/bin", options["postgresql_bin"])
    text = _replace(text, "/run/patroni", f"{directory}/run")
    text = _replace(text, f"{PREFIX}0/24", f"{prefix.split('.', 1)[0]}.0.0.0/8")
    text = _replace(text, "shared_buffers: 512MB", "shared_buffers: 64MB")
    text = _replace(text, "max_wal_size: 2GB", "max_wal_size: 512MB")
    text = _replace(text, "wal_keep_size: 512MB", "wal_keep_size: 128MB")
    # Segments outside the data directory would outlive a killed server.
    extra = "        dynamic_shared_memory_type: mmap\n"
    if options["no_sync"]:
        extra += "        fsync: 'off'\n"
        text = _replace(text, "    - data-checksums\n", "    - data-checksums\n    - no-sync\n")
    text = _replace(text, "      parameters:\n        wal_level", f"      parameters:\n{extra}        wal_level")
    if not options["peer"]:
        text = _replace(text, "auth-local: peer", "auth-local: scram-sha-256")
        text = _replace(text, "local all all peer", "local all all scram-sha-256")
    for key, value in options["times"].items():
        text = _replace(text, f"    {key}: {DEFAULT_TIMES[key]}\n", f"    {key}: {value}\n")
    return text.replace(PREFIX, prefix)


def etcd(node, prefix, directory):
    """The environment of etcd, from the lines of etcd.env."""
    number, values = DATABASES[node], {}
    for line in (FOLDER / "etcd.env").read_text().splitlines():
        if line and not line.startswith("#"):
            key, value = line.split("=", 1)
            if key != "ETCD_INITIAL_CLUSTER":
                value = value.replace("db-1", node).replace(f"{PREFIX}11", f"{PREFIX}{number}")
            values[key] = value.replace(PREFIX, prefix)
    values["ETCD_DATA_DIR"] = f"{directory}/etcd"
    return values


def haproxy(prefix, directory, servers):
    text = _replace((FOLDER / "haproxy.cfg").read_text(), "/run/haproxy", str(directory))
    kept = [
        line
        for line in text.splitlines(keepends=True)
        if not line.lstrip().startswith("server latchkey-") or any(f"{name} " in line for name in servers)
    ]
    return "".join(kept).replace(PREFIX, prefix)


def latchkey(node, prefix, directory, shared):
    text = _this_node((FOLDER / "latchkey.toml").read_text(), "latchkey-1", 21, node, SERVERS[node])
    text = _replace(text, "/etc/latchkey/pgpass", f"{shared}/pgpass")
    text = _replace(text, '# keyring = "/etc/latchkey/keyring"', f'keyring = "{shared}/keyring"')
    text = _replace(text, "https://git.example.org", f"http://{PREFIX}{PROXY['proxy']}:8080")
    text += f'data = "{directory}/data"\nlog_file = "{directory}/log.txt"\nmetrics_addresses = ["0.0.0.0/0"]\n'
    return text.replace(PREFIX, prefix)
