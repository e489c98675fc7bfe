"""An authenticator in software: it makes passkeys and answers as browsers do, and lies where it is told to."""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, AT = 0x01, 0x04, 0x08, 0x40
ES256 = -7


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def cbor(value):
    """As much of RFC 8949 as passkeys need."""

    def head(major, size):
        if size < 24:
            return bytes([major << 5 | size])
        width = next(width for width in (1, 2, 4) if size < 256**width)
        return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[width]]) + size.to_bytes(width, "big")

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


class Authenticator:
    """One passkey at `origin`. What a keyword changes is a lie: `origin=`, `party=`, `flags=`, `count=`, …"""

    def __init__(self, origin, party="localhost"):
        self.origin, self.party = origin, party
        self.id = os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0
        self.handle = None

    def _client_data(self, kind, options, origin=None):
        data = {"type": f"webauthn.{kind}", "challenge": options["challenge"], "origin": origin or self.origin}
        return json.dumps(data | {"crossOrigin": False}).encode()

    def _data(self, flags, count, party=None, tail=b""):
        party_hash = hashlib.sha256((party or self.party).encode()).digest()
        return party_hash + bytes([flags]) + struct.pack(">I", count) + tail

    def _credential(self, response, identifier=None):
        name = encode(identifier or self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def register(self, options, algorithm=ES256, flags=UP | UV | AT, padding=0, origin=None, party=None):
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: algorithm, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        tail = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor(key)
        statement = {"x": bytes(padding)} if padding else {}
        made = {"fmt": "none", "attStmt": statement, "authData": self._data(flags, 0, party, tail)}
        client_data = self._client_data("create", options, origin)
        return self._credential({"clientDataJSON": encode(client_data), "attestationObject": encode(cbor(made))})

    def answer(self, options, flags=UP | UV, count=None, origin=None, party=None, identifier=None, handle=None):
        if count is None:
            self.count += 1
            count = self.count
        data = self._data(flags, count, party)
        client_data = self._client_data("get", options, origin)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": encode(data), "clientDataJSON": encode(client_data)}
        response |= {"signature": encode(signature), "userHandle": handle or self.handle}
        return self._credential(response, identifier)


def add_passkey(browser, name="A key"):
    """A new passkey of who is signed in there. The server's public address is at localhost."""
    made = Authenticator(browser.server.settings["public_url"])
    options = browser.post("/api/v1/me/passkeys/options").json()["publicKey"]
    answer = browser.post("/api/v1/me/passkeys", {"name": name, "credential": made.register(options)})
    assert answer.status == 201, answer
    return made
