"""Expands the macros of a hostile case: `{{NAME}}` and `{{NAME:arguments}}`, innermost first.

Texts are latin-1 here: each character is one byte, so that any bytes can be written. A credential's
mutators keep to the credential's format (docs/credential-format.md).
"""

import base64
import hashlib
import re

from support.secrets import PREFIX_SIZE, id_of, rebuild, secret_part, with_checksum

MACRO = re.compile(r"\{\{([A-Z0-9_]+)(?::([^{}]*))?\}\}")
UNKNOWN_ID = "0" * 10 + "7"
UNKNOWN_SECRET = "Q" * 22
CYRILLIC_A = "\u0430".encode().decode("latin-1")


def as_latin1(text):
    """UTF-8 bytes of `text`, one character a byte."""
    return text.encode("utf-8").decode("latin-1")


def encode(text):
    return base64.b64encode(text.encode("latin-1")).decode()


def fake(kind, token):
    if kind == "recomputed-checksum":
        changed = "B" if secret_part(token)[0] != "B" else "C"
        return rebuild(token, secret=changed + secret_part(token)[1:])
    return with_checksum("lkat_" + UNKNOWN_ID + UNKNOWN_SECRET)


def flip(arguments):
    place, token = arguments.split(":", 1)
    index = {"first": 0, "last": len(token) - 1}.get(place)
    index = int(place) if index is None else index
    other = "a" if token[index] != "a" else "b"
    return token[:index] + other + token[index + 1 :]


class Expander:
    def __init__(self, fixtures):
        """`fixtures`: name to text, e.g. TOKEN, USER, HOST."""
        self.fixtures = fixtures

    def expand(self, text):
        text = self._expand_all(text)
        if "{{LEN}}" in text:
            head, _, body = text.partition("\r\n\r\n")
            text = head.replace("{{LEN}}", str(len(body))) + "\r\n\r\n" + body
        return text

    def _expand_all(self, text):
        while True:
            match = next((m for m in MACRO.finditer(text) if m[1] != "LEN"), None)
            if match is None:
                return text
            text = text[: match.start()] + self._value(match[1], match[2]) + text[match.end() :]

    def _value(self, name, arguments):
        if arguments is None:
            return self.fixtures[name]
        return getattr(self, "_" + name.lower())(arguments)

    def _repeat(self, arguments):
        count, text = arguments.split(":", 1)
        return text * int(count)

    def _b64(self, text):
        return encode(text)

    def _b64nopad(self, text):
        return encode(text).rstrip("=")

    def _b64url(self, text):
        return encode(text).translate(str.maketrans("+/", "-_"))

    def _fake(self, kind):
        return fake(kind, self.fixtures["TOKEN"])

    def _flip(self, arguments):
        return flip(arguments)

    def _reprefix(self, arguments):
        kind, token = arguments.split(":", 1)
        return {"apppw": "lkap_", "token": "lkat_"}.get(kind, kind) + token[PREFIX_SIZE:]

    def _upperprefix(self, token):
        return token[:PREFIX_SIZE].upper() + token[PREFIX_SIZE:]

    def _lower(self, token):
        return token.lower()

    def _noprefix(self, token):
        return token[PREFIX_SIZE:]

    def _trunc(self, arguments):
        count, token = arguments.split(":", 1)
        return token[: -int(count)]

    def _idpart(self, token):
        return id_of(token)

    def _secretpart(self, token):
        return secret_part(token)

    def _insert(self, arguments):
        place, rest = arguments.split(":", 1)
        text, token = rest.rsplit(":", 1)
        return token[: int(place)] + text + token[int(place) :]

    def _homoglyph(self, token):
        return token.replace("a", CYRILLIC_A, 1)

    def _fullwidth(self, token):
        return as_latin1(chr(ord(token[0]) + 0xFEE0)) + token[1:]

    def _pct(self, token):
        return "".join(f"%{ord(c):02X}" for c in token)

    def _storedhash(self, token):
        return hashlib.sha256(token.encode("latin-1")).hexdigest()
