"""As much of PostgreSQL's protocol as it takes to see a COMMIT pass by.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import struct

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
ENDINGS = ("COMMIT", "END")


def ends_transaction(sql):
    words = sql.lstrip(b" \t\r\n;(").split(b";")
    return any(part.split()[:1] and part.split()[0].decode("latin-1").upper() in ENDINGS for part in words)


def _text(body, start=0):
    end = body.index(b"\0", start)
    return body[start:end], end + 1


class ClientStream:
    """What a client sends, cut into messages; feed() says which bytes end with a COMMIT.

    A COMMIT is a simple Query whose text has one, or an Execute of a portal that was bound to a statement whose
    text has one, whether it is prepared anew each time or once.
    """

    def __init__(self):
        self._buffer = b""
        self._started = self._opaque = False
        self._statements = {}  # Name -> whether it commits.
        self._portals = {}

    def feed(self, data):
        """Pairs (bytes, whether they end with a message that commits), in order; nothing is held back but halves."""
        if self._opaque or (not self._started and not self._buffer and data[:1] == b"\x16"):
            self._opaque = True  # TLS: nothing can be seen.
            return [(data, False)]
        self._buffer += data
        out, pending = [], b""
        while (size := self._size()) and len(self._buffer) >= size:
            message, self._buffer = self._buffer[:size], self._buffer[size:]
            pending += message
            if self._commits(message):
                out.append((pending, True))
                pending = b""
        if pending:
            out.append((pending, False))
        return out

    def _size(self):
        if not self._started:
            return struct.unpack("!I", self._buffer[:4])[0] if len(self._buffer) >= 4 else 0
        return 1 + struct.unpack("!I", self._buffer[1:5])[0] if len(self._buffer) >= 5 else 0

    def _commits(self, message):
        if not self._started:
            (code,) = struct.unpack("!I", message[4:8])
            # After these two the start-up message is still to come.
            self._started = code not in (SSL_REQUEST, GSS_REQUEST)
            return False
        kind, body = message[:1], message[5:]
        if kind == b"Q":
            return ends_transaction(_text(body)[0])
        if kind == b"P":
            name, rest = _text(body)
            self._statements[name] = ends_transaction(_text(body, rest)[0])
        elif kind == b"B":
            portal, rest = _text(body)
            self._portals[portal] = self._statements.get(_text(body, rest)[0], False)
        elif kind == b"E":
            return self._portals.get(_text(body)[0], False)
        return False


def settles(answers):
    """Whether the server has said how it ended: COMMIT, ROLLBACK, or that it waits for the next question."""
    return any(mark in answers for mark in (b"COMMIT\0", b"ROLLBACK\0", b"Z\0\0\0\5"))
