"""HTTP by hand: well-formed requests by http.client, everything else by raw bytes on a socket."""

import base64
import http.client
import json
import re
import socket
import ssl
from dataclasses import dataclass, field


CREDENTIAL = re.compile(r"\b([a-z]{2,8}(?:at|ap)_)[0-9A-Za-z]{8,}")
SCHEME = re.compile(r"(?i)\b(basic|bearer)(\s+)[0-9A-Za-z+/_.~=-]{8,}")
ENCODED = re.compile(r"[0-9A-Za-z+/_-]{24,}={0,2}")
SHOWN_SIZE = 300


def _decoded(text):
    """What a run of Base64 holds, whichever of the two alphabets it is in."""
    plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(plain[: len(plain) // 4 * 4]).decode("latin-1")


def mask(text):
    """`text` without what looks like a credential, as it is or in Base64: pytest prints it when an
    assertion fails, and CI keeps what pytest prints."""
    text = SCHEME.sub(r"\1\2<masked>", text)
    text = CREDENTIAL.sub(r"\1<masked>", text)
    # A run may begin anywhere, so each of the four places is tried where a group can begin.
    return ENCODED.sub(
        lambda run: "<masked>" if any(CREDENTIAL.search(_decoded(run[0][lead:])) for lead in range(4)) else run[0],
        text,
    )


@dataclass(repr=False)
class Answer:
    status: int
    fields: list
    body: bytes

    def __repr__(self):
        fields = ", ".join(mask(f"{name}: {value}") for name, value in self.fields)
        # Masked before it is cut, so that no half of a credential is left at the end.
        body = mask(self.text)
        rest = f"… ({len(self.body)} bytes)" if len(body) > SHOWN_SIZE else ""
        return f"<{self.status} [{fields}] {body[:SHOWN_SIZE]!r}{rest}>"

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=""):
        return next(iter(self.all(name)), default)

    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def cause(self):
        """The cause of a refusal, from problem JSON."""
        try:
            document = self.json()
        except ValueError:
            return None
        return document.get("cause") or document.get("code") if isinstance(document, dict) else None


def basic(user, secret):
    pair = f"{user}:{secret}".encode()
    return "Basic " + base64.b64encode(pair).decode()


def bearer(secret):
    return "Bearer " + str(secret)


class Client:
    """One request, one connection, unless it is used as a context: then the connection is kept."""

    def __init__(self, address, tls=None, timeout=30.0, check=None):
        """`check(answer, where)` looks at every answer."""
        self.address, self.tls, self.timeout, self.check = address, tls, timeout, check
        self._kept = None

    def _connect(self):
        if self.tls is None:
            return http.client.HTTPConnection(*self.address, timeout=self.timeout)
        return http.client.HTTPSConnection(*self.address, timeout=self.timeout, context=self.tls)

    def __enter__(self):
        self._kept = self._connect()
        return self

    def __exit__(self, *_):
        self._kept.close()
        self._kept = None

    def request(self, method, path, auth=None, body=None, fields=(), content_type=None):
        headers = dict(fields)
        if auth is not None:
            headers["Authorization"] = auth
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            headers.setdefault("Content-Type", content_type or "application/json")
        connection = self._kept or self._connect()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        finally:
            if self._kept is None:
                connection.close()
        if self.check is not None:
            self.check(answer, (method, mask(path)))
        return answer

    def get(self, path, auth=None, **more):
        return self.request("GET", path, auth, **more)

    def post(self, path, body, auth=None, **more):
        return self.request("POST", path, auth, body=body, **more)


@dataclass
class Outcome:
    """What came back on one connection."""

    answers: list = field(default_factory=list)
    closed: bool = False

    @property
    def statuses(self):
        return [answer.status for answer in self.answers]

    @property
    def first(self):
        assert self.answers, "no answer came back"
        return self.answers[0]


class RawConnection:
    """A socket to the server, with a reader that takes answers apart strictly."""

    def __init__(self, address, deadline=15.0, tls=None):
        self.socket = socket.create_connection(address, timeout=deadline)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0])
        self.buffer = b""
        self.closed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, raw):
        """Sends all of it, or as much as the server takes before it closes."""
        try:
            self.socket.sendall(raw)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            self.closed = True
        self.buffer += piece
        return bool(piece)

    def _take_until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                return None
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def _take(self, size):
        while len(self.buffer) < size:
            assert self._more(), "the answer was cut"
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def read_answer(self, head_only=False):
        """The next answer, or None at the end of the connection."""
        head = self._take_until(b"\r\n\r\n")
        if head is None:
            assert not self.buffer, f"bytes that are no answer: {self.buffer[:80]!r}"
            return None
        lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) [ -~]+", lines[0])
        assert match, f"not a status line: {lines[0]!r}"
        fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        answer = Answer(int(match[1]), fields, b"")
        if answer.status == 100:
            return self.read_answer(head_only)
        if head_only or answer.status in (204, 304):
            return answer
        if answer.get("Transfer-Encoding").lower() == "chunked":
            while size := int(self._take_until(b"\r\n"), 16):
                answer.body += self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._take_until(b"\r\n") == b""
        elif answer.get("Content-Length"):
            answer.body = self._take(int(answer.get("Content-Length")))
        else:
            while self._more():
                pass
            answer.body, self.buffer = self.buffer, b""
        return answer

    def is_closed(self):
        """Whether the server closes without another byte."""
        try:
            while not self.closed and not self.buffer:
                self._more()
        except TimeoutError:
            return False
        return self.closed and not self.buffer


PROBE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def exchange(address, raw, deadline=15.0, head_only=False, tls=None):
    """Sends `raw` and reads all that comes back.

    Where the server keeps the connection open, a probe is sent behind it: once the probe is answered,
    nothing else can still be under way. Its answer is not part of the outcome.
    """
    outcome = Outcome()
    with RawConnection(address, deadline, tls) as connection:
        connection.send(raw)
        probed = False
        while True:
            answer = connection.read_answer(head_only and not probed)
            if answer is None:
                break
            outcome.answers.append(answer)
            if answer.get("Connection").lower() == "close":
                continue
            if not probed:
                connection.send(PROBE)
                probed = True
        if probed:
            last = outcome.answers.pop()
            # The gate has no such route, and says so.
            assert last.status in (200, 404, 503), f"the probe behind it was answered by {last.status}"
        outcome.closed = not probed
    return outcome
