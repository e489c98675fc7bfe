"""A TCP proxy between a program and its database that does what networks do at their worst.

    with FaultProxy(("127.0.0.1", 5432)) as proxy:
        connect(proxy.address)
        proxy.blackhole()          silence, in both directions, old connections and new ones
        proxy.heal()               what waited goes on, as packets do that are sent again

As a program it reads such words from its standard input: python3 proxy.py --to HOST:PORT [--listen HOST:PORT].

Connections that are encrypted pass, but no COMMIT can be seen in them: use sslmode=disable.
"""

import argparse
import random
import selectors
import socket
import sys
import threading
import time

try:
    from fault.postgres_wire import ClientStream, settles
except ModuleNotFoundError:  # As a program.
    from postgres_wire import ClientStream, settles

PIECE = 65536
# How long a thread sleeps in select() before it looks whether it has been told something else.
TICK = 0.02


def reset(connection):
    """Closes so that the other side gets a RST."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    except OSError:
        pass


class Mode:
    """What happens to bytes now. One object is replaced by another, never changed: threads read it without a lock."""

    def __init__(self, delay=0.0, rate=None, silent_up=False, silent_down=False, refuse=False):
        self.delay, self.rate, self.refuse = delay, rate, refuse
        self.silent_up, self.silent_down = silent_up, silent_down


class FaultProxy:
    """Thread-safe. Each connection has two threads, one for each direction."""

    def __init__(self, target, listen=("127.0.0.1", 0)):
        self.target = target
        self._mode = Mode()
        self._cuts = 0
        self._cut_before = False
        self._held = (0.0, 0.0, random.Random(0))
        self._lock = threading.Lock()
        self._links = set()
        self._closed = threading.Event()
        self.commits_seen = 0
        self.commits_cut = 0
        self.commits_held = 0
        self._listener = socket.create_server(listen, backlog=128)
        self.address = self._listener.getsockname()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # What can be told.

    def heal(self):
        with self._lock:
            self._mode, self._cuts = Mode(), 0
            self._held = (0.0, 0.0, random.Random(0))

    def delay(self, seconds):
        """Each piece, in each direction, so much later."""
        self._mode = Mode(delay=seconds)

    def trickle(self, bytes_per_second=1):
        """Answers arrive a byte at a time."""
        self._mode = Mode(rate=bytes_per_second)

    def blackhole(self, up=True, down=True):
        """Nothing passes and nobody is told. `up`: to the server; `down`: back. New connections are accepted."""
        self._mode = Mode(silent_up=up, silent_down=down)

    def refuse(self):
        """New connections are reset at once; those that there are too."""
        self._mode = Mode(refuse=True)
        self.reset_all()

    def reset_all(self):
        """Ends each connection with a RST; new ones work."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.reset()
        return len(links)

    def cut_commits(self, count=1, before=False):
        """The next `count` COMMITs reach the server and their answers nobody: the connection is reset.

        before: the COMMIT does not reach the server either, so that the transaction is undone.
        """
        with self._lock:
            self._cuts, self._cut_before = count, before

    def hold_commits(self, share, seconds, seed=0):
        """That share of the COMMITs waits so long on its way: the transaction, and its locks, stay open."""
        with self._lock:
            self._held = (share, seconds, random.Random(seed))

    @property
    def connections(self):
        with self._lock:
            return len(self._links)

    def close(self):
        self._closed.set()
        # Wakes accept(); close() alone would not.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self._accepting.join()
        self.reset_all()

    # For links.

    @property
    def mode(self):
        return self._mode

    def is_closed(self):
        return self._closed.is_set()

    def on_commit(self):
        """A COMMIT is about to pass: "pass", "cut" (after it) or "before", and how long it is held."""
        with self._lock:
            self.commits_seen += 1
            share, seconds, chance = self._held
            wait = seconds if chance.random() < share else 0.0
            self.commits_held += wait > 0
            if self._cuts == 0:
                return "pass", wait
            self._cuts -= 1
            self.commits_cut += 1
            return ("before" if self._cut_before else "cut"), wait

    def forget(self, link):
        with self._lock:
            self._links.discard(link)

    def _accept(self):
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._mode.refuse or self._closed.is_set():
                reset(client)
                continue
            link = Link(self, client)
            with self._lock:
                self._links.add(link)
            link.start()


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, client):
        self.proxy, self.client, self.server = proxy, client, None
        self.stream = ClientStream()
        self.dead = threading.Event()
        self.deaf = threading.Event()  # The server's answers reach nobody any more.
        self.unheard = b""

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def reset(self):
        self.dead.set()
        # Wakes the threads; they close.
        for one in (self.client, self.server):
            if one is not None:
                reset(one)

    def _run(self):
        try:
            # A server that cannot be reached is not seen before the silence is over.
            while self.proxy.mode.silent_up and self._goes_on():
                time.sleep(TICK)
            self.server = socket.create_connection(self.proxy.target, timeout=10)
            self.server.settimeout(None)
            for one in (self.client, self.server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=self._pump, args=(self.server, self._down, "silent_down"), daemon=True)
            back.start()
            self._pump(self.client, self._up, "silent_up")
            back.join()
        except OSError:
            pass
        finally:
            self.reset()
            self.proxy.forget(self)

    def _goes_on(self):
        return not self.dead.is_set() and not self.proxy.is_closed()

    def _pump(self, source, pass_on, silence):
        """Reads pieces of one direction until that end closes."""
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(source, selectors.EVENT_READ)
                while self._goes_on():
                    if not selector.select(TICK) or self._wait_out(silence):
                        continue
                    data = source.recv(PIECE)
                    if not data:
                        break
                    if self.proxy.mode.delay:
                        self.dead.wait(self.proxy.mode.delay)
                    if self._wait_out(silence) and not self._goes_on():
                        break
                    pass_on(data)
            except (OSError, ValueError):
                pass
        if not self.deaf.is_set():
            self.dead.set()

    def _wait_out(self, silence):
        """While it is silent nothing is read, so that what was sent stays on its way."""
        waited = False
        while getattr(self.proxy.mode, silence) and self._goes_on():
            waited = True
            time.sleep(TICK)
        return waited

    def _up(self, data):
        for piece, commits in self.stream.feed(data):
            decided, wait = self.proxy.on_commit() if commits else ("pass", 0.0)
            if wait:
                self.dead.wait(wait)
            if decided == "before":
                return self.reset()
            if decided == "cut":
                self.deaf.set()
            self.server.sendall(piece)
        return None

    def _down(self, data):
        if self.deaf.is_set():
            # Not before it is done: a server that sees its client gone may not read what is still to be read.
            self.unheard += data
            return self.reset() if settles(self.unheard) else None
        rate = self.proxy.mode.rate
        if rate is None:
            return self.client.sendall(data)
        for at in range(len(data)):
            if not self._goes_on() or self.proxy.mode.rate is None:
                return self.client.sendall(data[at:])
            self.client.sendall(data[at : at + 1])
            self.dead.wait(1.0 / rate)
        return None


WORDS = {
    "heal": lambda proxy: proxy.heal(),
    "delay": lambda proxy, seconds: proxy.delay(float(seconds)),
    "trickle": lambda proxy, rate="1": proxy.trickle(float(rate)),
    "blackhole": lambda proxy: proxy.blackhole(),
    "blackhole-up": lambda proxy: proxy.blackhole(down=False),
    "blackhole-down": lambda proxy: proxy.blackhole(up=False),
    "refuse": lambda proxy: proxy.refuse(),
    "reset": lambda proxy: print(proxy.reset_all(), "reset", flush=True),
    "cut-commit": lambda proxy, count="1": proxy.cut_commits(int(count)),
    "cut-before-commit": lambda proxy, count="1": proxy.cut_commits(int(count), before=True),
    "hold-commits": lambda proxy, share, seconds: proxy.hold_commits(float(share), float(seconds)),
    "status": lambda proxy: print(proxy.connections, "connections", proxy.commits_seen, "commits", flush=True),
}


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=endpoint, required=True)
    parser.add_argument("--listen", type=endpoint, default=("127.0.0.1", 0))
    wanted = parser.parse_args()
    with FaultProxy(wanted.to, wanted.listen) as proxy:
        print(f"{proxy.address[0]}:{proxy.address[1]}; {', '.join(WORDS)}", flush=True)
        for line in sys.stdin:
            word, *rest = line.split() or [""]
            if word in WORDS:
                try:
                    WORDS[word](proxy, *rest)
                except (TypeError, ValueError) as wrong:
                    print(wrong, file=sys.stderr)
            elif word:
                print(f"no such word: {word}; there are {', '.join(WORDS)}", file=sys.stderr)


if __name__ == "__main__":
    main()
