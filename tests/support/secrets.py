"""Every secret that the tests receive, and the search for it in everything that was written.

A secret may stand in the one answer that shows it and in the client's own files. Nothing else may
hold it: not as it is, not in Base64 at any alignment, not as its SHA-256 in any usual spelling.
"""

import base64
import hashlib
import os
import re
import subprocess
import threading
import zlib

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CREDENTIAL = re.compile(r"\b[a-z]{2,8}(?:at|ap)_[0-9A-Za-z]{39}\b")
PREFIX_SIZE, ID_SIZE, SECRET_SIZE = 5, 11, 22


class Secret(str):
    """A text that is not printed when an assertion fails."""

    __slots__ = ()

    def __repr__(self):
        return f"<secret of {id_of(self)}>" if "_" in self else "<secret>"


def checksum(text):
    value = zlib.crc32(text.encode())
    digits = ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = DIGITS[digit] + digits
    return digits


def id_of(credential):
    return str.split(credential, "_", 1)[1][:ID_SIZE]


def secret_part(credential):
    return str.split(credential, "_", 1)[1][ID_SIZE : ID_SIZE + SECRET_SIZE]


def with_checksum(text):
    """`text` without its checksum, and a right one behind it."""
    return text + checksum(text)


def rebuild(credential, prefix=None, public_id=None, secret=None):
    """`credential` with parts replaced and a checksum that is right again."""
    own_prefix, rest = str.split(credential, "_", 1)
    return with_checksum(
        (prefix or own_prefix)
        + "_"
        + (public_id or rest[:ID_SIZE])
        + (secret or rest[ID_SIZE : ID_SIZE + SECRET_SIZE])
    )


def base64_cores(data):
    """What Base64 makes of `data` whatever stands in front of and behind it."""
    cores = []
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + data)
        first = (lead * 8 + 5) // 6
        last = (lead + len(data)) * 8 // 6
        cores.append(encoded[first:last])
    return cores


def forms_of(secret):
    """Every form in which `secret` must not be found, as bytes."""
    text = str(secret).encode()
    part = secret_part(secret).encode() if CREDENTIAL.fullmatch(secret) else text
    digest = hashlib.sha256(text)
    forms = [part, *base64_cores(part)]
    forms += [core.translate(bytes.maketrans(b"+/", b"-_")) for core in base64_cores(part)]
    forms += [digest.hexdigest().encode(), digest.hexdigest().upper().encode()]
    forms.append(base64.b64encode(digest.digest()).rstrip(b"="))
    forms.append(part.hex().encode())
    if b"\n" not in digest.digest() and b"\0" not in digest.digest():
        forms.append(digest.digest())
    return list(dict.fromkeys(forms))


class SecretVault:
    """Remembers every secret that was issued. Safe for use by several threads."""

    def __init__(self):
        self._secrets = set()
        self._lock = threading.Lock()

    def add(self, text):
        secret = Secret(text)
        with self._lock:
            self._secrets.add(secret)
        return secret

    def __len__(self):
        return len(self._secrets)

    def search(self, directory, patterns_file):
        """Files below `directory` that hold a form of any secret. `patterns_file` is made and removed."""
        descriptor = os.open(patterns_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            for secret in self._secrets:
                file.write(b"\n".join(forms_of(secret)) + b"\n")
        try:
            found = subprocess.run(
                ["grep", "-rlaF", "-f", str(patterns_file), str(directory)],
                env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
                capture_output=True,
                check=False,
            )
        finally:
            os.unlink(patterns_file)
        # 1: nothing found. A socket or a file that vanished meanwhile is no trouble, so 2 with names counts.
        if found.returncode not in (0, 1) and b"No such device" not in found.stderr:
            raise AssertionError(f"grep failed: {found.stderr.decode(errors='replace')}")
        return sorted(found.stdout.decode(errors="surrogateescape").splitlines())

    def blame(self, path):
        """Whose secrets a file holds, and in which of their forms; without repeating them."""
        with open(path, "rb") as file:
            content = file.read()
        for secret in self._secrets:
            for number, form in enumerate(forms_of(secret)):
                if form in content:
                    yield f"{path}: form {number} ({len(form)} bytes) of {secret!r}"
