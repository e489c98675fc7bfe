"""Where the nodes are: on loopback addresses, or each database node in a network namespace of its own.

On loopback everybody can do it, and nobody can be cut off. With namespaces (root alone) a node can be: its packets
vanish without a word, as when a cable is pulled.
"""

import subprocess

from .processes import Trouble


def _ip(*words, check=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise Trouble(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done


class Loopback:
    kind = "loopback"

    def __init__(self, number):
        self.prefix = f"127.0.{number}."

    def up(self, databases, others):
        pass

    def down(self):
        pass

    def inside(self, _node):
        """What to put in front of a command that is to run at a node."""
        return []

    def partition(self, _node):
        raise Trouble("only namespaces can be cut off: up --network namespaces (as root)")

    def heal(self, _node):
        pass

    def cut_off(self, _node):
        return False


class Namespaces:
    kind = "namespaces"

    def __init__(self, number):
        # 198.18.0.0/15 is for benchmarks (RFC 2544): nobody else has it.
        self.prefix = f"198.18.{number}."
        self.bridge = f"lk{number}"

    def up(self, databases, others):
        _ip("link", "add", self.bridge, "type", "bridge")
        for last in (1, *others):
            _ip("addr", "add", f"{self.prefix}{last}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        for node, last in databases.items():
            space, end = self._space(node), self._end(node)
            _ip("netns", "add", space)
            _ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", space)
            _ip("link", "set", end, "master", self.bridge, "up")
            _ip("-n", space, "link", "set", "lo", "up")
            _ip("-n", space, "addr", "add", f"{self.prefix}{last}/24", "dev", "eth0")
            _ip("-n", space, "link", "set", "eth0", "up")

    def down(self):
        for line in _ip("netns", "list", check=False).stdout.splitlines():
            if line.startswith(f"{self.bridge}-"):
                # Its interface first: with the namespace alone it would go some time later.
                _ip("link", "del", line.split()[0], check=False)
                _ip("netns", "del", line.split()[0], check=False)
        _ip("link", "del", self.bridge, check=False)

    def inside(self, node):
        return ["ip", "netns", "exec", self._space(node)]

    def partition(self, node):
        _ip("link", "set", self._end(node), "nomaster")

    def heal(self, node):
        _ip("link", "set", self._end(node), "master", self.bridge)

    def cut_off(self, node):
        return "master" not in _ip("-o", "link", "show", self._end(node)).stdout

    def _space(self, node):
        return f"{self.bridge}-{node}"

    def _end(self, node):
        return f"{self.bridge}-{node}"


KINDS = {kind.kind: kind for kind in (Loopback, Namespaces)}
