"""Where a test session writes: everything that the program wrote is kept in one place until the end."""

import os
import shutil
import tempfile
from pathlib import Path

from support.secrets import SecretVault


class Outputs:
    """
    root/kept/     data directories, logs, core dumps, transcripts, pytest's own output: searched at the end
    root/clients/  homes of git and other clients, which hold secrets rightly: not searched
    """

    def __init__(self, binary):
        self.binary = binary
        self.root = Path(os.environ.get("LATCHKEY_TEST_OUTPUT") or tempfile.mkdtemp(prefix="latchkey-tests-"))
        self.kept = self.root / "kept"
        self.clients = self.root / "clients"
        self.kept.mkdir(parents=True)
        self.clients.mkdir()
        self.vault = SecretVault()
        self.servers = []
        self._numbers = {}

    def new(self, name):
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        directory = self.kept / f"{name}-{number:03d}"
        directory.mkdir()
        return directory

    def client_home(self, name):
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        directory = self.clients / f"{name}-{number:03d}"
        directory.mkdir()
        return directory

    def stop_all(self):
        for server in self.servers:
            if server.process and server.process.poll() is None:
                server.stop()

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
