"""Our own hostile cases: the same classes of mistakes as the list's, in our own words.

Each is (name, what to send, wanted statuses, flags). What is sent is written with the macros of macros.py.
"""

from dataclasses import dataclass

from hostile.macros import as_latin1
from hostile.runner import BODY_SIZE_MAX
from support.world import READ

CLOSE = "close"  # The connection must be closed behind the one answer.
SAME = "same"  # The body must be that of an unknown credential.
HIDDEN = "\r\nGET /smuggled HTTP/1.1\r\nHost: {{HOST}}\r\n\r\n"


@dataclass(frozen=True)
class Case:
    name: str
    send: object  # A text for the wire; for values, the value.
    status: tuple
    flags: frozenset = frozenset()

    def __str__(self):
        return self.name


def case(name, send, *status, flags=()):
    return Case(name, send, status, frozenset([flags] if isinstance(flags, str) else flags))


def get(*lines, target="{{VERIFY}}", version="1.1", host="Host: {{HOST}}"):
    return "\r\n".join([f"GET {target} HTTP/{version}", *([host] if host else []), *lines]) + "\r\n\r\n"


def post(*lines, body="", target="{{CREATE}}"):
    own = ["Host: {{HOST}}", "Authorization: Bearer {{TOKEN}}", "Content-Type: application/json"]
    return "\r\n".join([f"POST {target} HTTP/1.1", *own, *lines]) + "\r\n\r\n" + body


def chunked(body):
    return post("Transfer-Encoding: chunked", body=body)


FRAMING = [
    case(
        "two different lengths",
        post("Content-Length: 2", "Content-Length: 30", body="{}" + HIDDEN),
        400,
        flags=CLOSE,
    ),
    case(
        "the same length twice", post("Content-Length: 2", "Content-Length: 2", body="{}"), 400, flags=CLOSE
    ),
    case(
        "length before coding",
        post("Content-Length: 5", "Transfer-Encoding: chunked", body="0\r\n\r\n" + HIDDEN),
        400,
        flags=CLOSE,
    ),
    case("length in hexadecimal", post("Content-Length: 0x2", body="{}" + HIDDEN), 400, flags=CLOSE),
    case("length with a fraction", post("Content-Length: 2.0", body="{}" + HIDDEN), 400, flags=CLOSE),
    case("length with a space inside", post("Content-Length: 1 0", body="{}" + HIDDEN), 400, flags=CLOSE),
    case(
        "length beyond 63 bits", post("Content-Length: 9223372036854775808", body="{}"), 400, 413, flags=CLOSE
    ),
    case(
        "coding in two fields",
        post("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body="0\r\n\r\n" + HIDDEN),
        400,
        501,
        flags=CLOSE,
    ),
    case(
        "chunked twice",
        post("Transfer-Encoding: chunked, chunked", body="0\r\n\r\n" + HIDDEN),
        400,
        501,
        flags=CLOSE,
    ),
    case(
        "gzip, then chunked",
        post("Transfer-Encoding: gzip, chunked", body="0\r\n\r\n" + HIDDEN),
        400,
        501,
        flags=CLOSE,
    ),
    case(
        "a coding with a NUL",
        post("Transfer-Encoding: chunked\0", body="0\r\n\r\n" + HIDDEN),
        400,
        flags=CLOSE,
    ),
    case("a chunk of hexadecimal with 0x", chunked("0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN), 400, flags=CLOSE),
    case("a chunk without a size", chunked("\r\n{}\r\n0\r\n\r\n" + HIDDEN), 400, flags=CLOSE),
    case("a chunk with a plus", chunked("+2\r\n{}\r\n0\r\n\r\n" + HIDDEN), 400, flags=CLOSE),
    case("a chunk longer than it says", chunked("2\r\n{}}\r\n0\r\n\r\n" + HIDDEN), 400, flags=CLOSE),
    case("a chunk that is nearly endless", chunked("ffffffffffffffff\r\n{}" + HIDDEN), 400, 413, flags=CLOSE),
    case("a folded field", get("Authorization: Bearer", "\t{{TOKEN}}"), 400, flags=CLOSE),
    case("a first field that is folded", get(" X: y", host=""), 400, flags=CLOSE),
    case("a field without a colon", get("Authorization Bearer {{TOKEN}}"), 400, flags=CLOSE),
    case("a NUL in a field", get("X-A: a\0b"), 400, flags=CLOSE),
    case("a DEL in a field", get("X-A: a\x7fb"), 400, flags=CLOSE),
    case("line feeds alone", "GET {{VERIFY}} HTTP/1.1\nHost: {{HOST}}\n\n", 400, flags=CLOSE),
    case("one line feed alone", get("X-A: b\nAuthorization: Bearer {{TOKEN}}"), 400, flags=CLOSE),
    case("no Host", get(host=""), 400, flags=CLOSE),
    case("an empty Host", get(host="Host: "), 400, flags=CLOSE),
    case("a Host with a user", get(host="Host: a@{{HOST}}"), 400, flags=CLOSE),
    case("a Host with a path", get(host="Host: {{HOST}}/x"), 400, flags=CLOSE),
    case("a Host of somebody else", get(host="Host: latchkey.invalid"), 421),
    case("HTTP/0.9", "GET {{VERIFY}}\r\n\r\n", 400, flags=CLOSE),
    case("HTTP/2.0 in text", get(version="2.0"), 505, flags=CLOSE),
    case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505, flags=CLOSE),
    case("lower-case protocol", "GET {{VERIFY}} http/1.1\r\nHost: {{HOST}}\r\n\r\n", 400, flags=CLOSE),
    case("a TLS greeting in clear", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 400, flags=CLOSE),
    case("an absolute target", get(target="http://{{HOST}}{{VERIFY}}"), 400, flags=CLOSE),
    case(
        "two spaces in the request line",
        "GET  {{VERIFY}} HTTP/1.1\r\nHost: {{HOST}}\r\n\r\n",
        400,
        flags=CLOSE,
    ),
    case("an unknown method", "BREW {{VERIFY}} HTTP/1.1\r\nHost: {{HOST}}\r\n\r\n", 405, 501),
    case("a method with a quote", 'GE"T {{VERIFY}} HTTP/1.1\r\nHost: {{HOST}}\r\n\r\n', 400, flags=CLOSE),
    case("too many fields", get("{{REPEAT:200:X-A: b\r\n}}X-B: c"), 431, flags=CLOSE),
    case("one field that is too large", get("X-A: {{REPEAT:70000:a}}"), 431, flags=CLOSE),
    case("a target that is too long", get(target="{{VERIFY}}?{{REPEAT:20000:a}}"), 414, flags=CLOSE),
    case("an expectation nobody knows", get("Expect: 200-maybe", "Authorization: Bearer {{TOKEN}}"), 417),
]

PATHS = [
    case("dot segments", get(target="/api/v1/../v1/me"), 400),
    case("encoded dot segments", get(target="/api/v1/%2e%2e/v1/me"), 400),
    case("an empty segment", get("Authorization: Bearer {{TOKEN}}", target="/api//v1/me"), 400),
    case("a path parameter", get("Authorization: Bearer {{TOKEN}}", target="/api/v1/me;x=1"), 400),
    case("a NUL in the path", get(target="/api/v1/me%00"), 400),
    case("a cut escape", get(target="/api/v1/me%2"), 400),
    case("an escape that is none", get(target="/api/v1/me%zz"), 400),
    case("a fragment", get(target="/api/v1/me#x"), 400),
    case("a byte above ASCII", get(target="/api/v1/m\xe9"), 400),
    case("upper case", get("Authorization: Bearer {{TOKEN}}", target="/API/V1/ME"), 404),
    case("metrics by another name", get(target="/%6detrics", host="Host: {{HOST}}"), 200, 400),
]

AUTHORIZATION = [
    case("nothing but a scheme", get("Authorization: Bearer"), 401, flags=SAME),
    case("a scheme nobody knows", get("Authorization: Digest username=x"), 401, flags=SAME),
    case("AWS4 signature", get("Authorization: AWS4-HMAC-SHA256 Credential=x"), 401, flags=SAME),
    case("two schemes in one field", get("Authorization: Basic eDp5, Bearer {{TOKEN}}"), 401, flags=SAME),
    case(
        "the same field twice", get("Authorization: Bearer {{TOKEN}}", "Authorization: Bearer {{TOKEN}}"), 400
    ),
    case(
        "twice, in other letter case",
        get("authorization: Bearer {{TOKEN}}", "AUTHORIZATION: Basic eDp5"),
        400,
    ),
    case("good and empty", get("Authorization: Bearer {{TOKEN}}", "Authorization: "), 400),
    case("Proxy-Authorization alone", get("Proxy-Authorization: Bearer {{TOKEN}}"), 401, flags=SAME),
    case("a field with an underscore", get("X_Authorization: Bearer {{TOKEN}}"), 401, flags=SAME),
    case("in the query", get(target="{{VERIFY}}?access_token={{TOKEN}}"), 401, flags=SAME),
    case("in a cookie", get("Cookie: token={{TOKEN}}"), 401, flags=SAME),
    case("upper-case scheme", get("Authorization: BEARER {{TOKEN}}"), 200),
    case("an app password as Bearer", get("Authorization: Bearer {{APPPW}}"), 401),
    case("a comma behind it", get("Authorization: Bearer {{TOKEN}},"), 401),
    case("somebody else's name", get("Authorization: Basic {{B64:{{USER_OTHER}}:{{APPPW}}}}"), 401),
]

BASIC = [
    case("Base64 without padding", get("Authorization: Basic {{B64NOPAD:{{USER}}:{{APPPW}}x}}"), 401),
    case(
        "Base64 with blanks", get("Authorization: Basic {{B64:{{USER}}}} {{B64:{{APPPW}}}}"), 401, flags=SAME
    ),
    case("a tab in the user", get("Authorization: Basic {{B64:{{USER}}\t:{{APPPW}}}}"), 401, flags=SAME),
    case("a NUL behind the secret", get("Authorization: Basic {{B64:{{USER}}:{{APPPW}}\0}}"), 401),
    case("a blank in front of the user", get("Authorization: Basic {{B64: {{USER}}:{{APPPW}}}}"), 401),
    case(
        "user and secret exchanged", get("Authorization: Basic {{B64:{{APPPW}}:{{USER}}}}"), 401, flags=SAME
    ),
    case("an app password as user", get("Authorization: Basic {{B64:{{APPPW}}:}}"), 401),
    case("nothing but a colon", get("Authorization: Basic {{B64::}}"), 401),
    case("ill-formed UTF-8 in the user", get("Authorization: Basic {{B64:{{USER}}\xff:{{APPPW}}}}"), 401),
    case("Latin-1 in the user", get("Authorization: Basic {{B64:\xe4na:{{APPPW}}}}"), 401),
    case(
        "a wrapped header",
        get("Authorization: Basic {{B64:{{USER}}:}}", " {{B64:{{APPPW}}}}"),
        400,
        flags=CLOSE,
    ),
    case("Base64 of Base64", get("Authorization: Basic {{B64:{{B64:{{USER}}:{{APPPW}}}}}}"), 401, flags=SAME),
    case(
        "three padding characters",
        get("Authorization: Basic {{B64NOPAD:{{USER}}:{{APPPW}}}}==="),
        401,
        flags=SAME,
    ),
]

TOKEN_TEXTS = [
    case("first letter changed", "{{FLIP:0:{{TOKEN}}}}", 401),
    case("a letter of the id changed", "{{FLIP:7:{{TOKEN}}}}", 401),
    case("a letter of the secret changed", "{{FLIP:20:{{TOKEN}}}}", 401),
    case("cut by one", "{{TRUNC:1:{{TOKEN}}}}", 401),
    case("without its prefix", "{{NOPREFIX:{{TOKEN}}}}", 401, flags=SAME),
    case("prefix in upper case", "{{UPPERPREFIX:{{TOKEN}}}}", 401),
    case("all in lower case", "{{LOWER:{{TOKEN}}}}", 401),
    case("the id alone", "{{IDPART:{{TOKEN}}}}", 401, flags=SAME),
    case("the secret alone", "{{SECRETPART:{{TOKEN}}}}", 401, flags=SAME),
    case("percent-encoded", "{{PCT:{{TOKEN}}}}", 401, flags=SAME),
    case("full-width first letter", "{{FULLWIDTH:{{TOKEN}}}}", 401),
    case("its digest", "{{STOREDHASH:{{TOKEN}}}}", 401, flags=SAME),
    case("a byte order mark in front", as_latin1("\ufeff") + "{{TOKEN}}", 401),
    case("a soft hyphen inside", "{{INSERT:9:" + as_latin1("\u00ad") + ":{{TOKEN}}}}", 401),
    case("a quote behind it", "{{TOKEN}}'", 401),
    case("an unknown id with a right checksum", "{{FAKE:valid-checksum}}", 401, flags=SAME),
    case("a wrong secret with a right checksum", "{{FAKE:recomputed-checksum}}", 401, flags=SAME),
    case("revoked", "{{TOKEN_REVOKED}}", 401),
    case("expired", "{{TOKEN_EXPIRED}}", 401),
    case("of a suspended account", "{{TOKEN_DISABLED_OWNER}}", 401),
]

GOOD = {"name": "case", "scopes": [READ]}
SCOPES = [
    case("a scope of an app that is not there", ["read:repository:jira"], 400, 422),
    case("a wildcard", ["*:repository:bitbucket"], 400, 422),
    case("a scope in upper case", [READ.upper()], 400, 422),
    case("a scope with a blank", [READ + " "], 400, 422),
    case("a permission for a scope", ["repository:write"], 400, 422),
    case("one text for a list", READ, 400, 422),
    case("a number", [1], 400, 422),
    case("a list in a list", [[READ]], 400, 422),
    case("an object", {READ: True}, 400, 422),
    case("nothing at all", [], 400, 422),
    case("more than it holds", ["admin:workspace:bitbucket"], 403),
    case("the same twice", [READ, READ], 201),
    case("an empty text", [""], 400, 422),
]

EXPIRIES = [
    case("a minus", {"ttl": -1}, 400, 422),
    case("a fraction", {"ttl": 86400.5}, 400, 422),
    case("an exponent", '{"ttl":1e5}', 400, 422),
    case("true", {"ttl": True}, 400, 422),
    case("null", {"ttl": None}, 400, 422),
    case("a year and a day too many", {"ttl": 400 * 86400}, 400, 422),
    case("seconds that overflow 32 bits", {"ttl": 2**32 + 86400}, 400, 422),
    case("a date that the calendar lacks", {"expires_at": "2027-02-29"}, 400, 422),
    case("month 13", {"expires_at": "2027-13-01"}, 400, 422),
    case("a date without year", {"expires_at": "03-31"}, 400, 422),
    case("a date of today, said by hand", {"expires_at": "tomorrow"}, 400, 422),
    case("a time without zone", {"expires_at": "2027-03-31T12:00:00"}, 400, 422),
    case("year 10000", {"expires_at": "10000-01-01"}, 400, 422),
    case("year 9999", {"expires_at": "9999-12-31"}, 400, 422),
    case("blanks around a date", {"expires_at": " 2027-03-31 "}, 400, 422),
    case("an empty text", {"expires_at": ""}, 400, 422),
    case("a NUL behind a date", {"expires_at": "2027-03-31\0"}, 400, 422),
    case("a number for a date", {"expires_at": 1806451200}, 400, 422),
]

NAMES = [
    case("nothing", "", 400, 422),
    case("a tab alone", "\t", 400, 422),
    case("a line feed", "a\nb", 400, 422),
    case("an escape", "\x1b[31mred", 400, 422),
    case("right-to-left override", "abc\u202etxt", 400, 422),
    case("a byte order mark", "\ufeffname", 400, 422),
    case("a line separator", "a\u2028b", 400, 422),
    case("256 bytes", "n" * 256, 400, 422),
    case("255 bytes", "n" * 255, 201),
    case("markup", "<b onclick='x'>name</b>", 201),
    case("a template", "{{7*7}} ${7*7} #{7*7}", 201),
    case("a path", "../../etc/passwd", 201),
    case("a format", "%s%n{}{0}", 201),
    case("emoji of several parts", "\U0001f469\u200d\U0001f4bb laptop", 201, 400, 422),
]

JSON = [
    case("nothing", b"", 400),
    case("blanks alone", b"   ", 400),
    case("a byte order mark", b"\xef\xbb\xbf{}", 400),
    case("a comment", b'{"name":"a",/* b */"scopes":[]}', 400),
    case("a comma too many", b'{"name":"a",}', 400),
    case("single quotes", b"{'name':'a'}", 400),
    case("a name twice", b'{"name":"a","name":"b","scopes":["%b"]}' % READ.encode(), 400),
    case("a name twice, once escaped", b'{"name":"a","n\\u0061me":"b","scopes":["%b"]}' % READ.encode(), 400),
    case("a lone surrogate", b'{"name":"\\ud800","scopes":["%b"]}' % READ.encode(), 400, 422),
    case("ill-formed UTF-8", b'{"name":"\xff","scopes":["%b"]}' % READ.encode(), 400),
    case("a NUL behind it", b"{}\0", 400),
    case("nested objects", b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
    case("too many members", b"{" + b",".join(b'"k%d":1' % i for i in range(9000)) + b"}", 400),
    case("an unknown member", b'{"name":"a","scopes":["%b"],"admin":true}' % READ.encode(), 400),
    case("an owner", b'{"name":"a","scopes":["%b"],"account":"rob"}' % READ.encode(), 400),
    case("too large", b'{"name":"' + b"a" * (BODY_SIZE_MAX + 1) + b'"}', 413),
    case("a number for a name", b'{"name":7,"scopes":["%b"]}' % READ.encode(), 400, 422),
    case("YAML", b"name: a\nscopes: []\n", 400),
]
MEDIA_TYPES = [
    case("a form", "application/x-www-form-urlencoded", 415),
    case("plain text", "text/plain", 415),
    case("UTF-7", "application/json; charset=utf-7", 415),
    case("a list of types", "application/json, text/plain", 400, 415),
    case("an empty type", "", 400, 415),
]


def git_get(path, *lines, user="Authorization: Basic {{B64:{{USER}}:{{APPPW}}}}"):
    return get(user, *lines, target=path)


REFS = "/info/refs?service=git-upload-pack"
REPOSITORIES = [
    case("a workspace that is not there", git_get("/absent/repo.git" + REFS), 404),
    case("a repository that is not there", git_get("/ws/absent.git" + REFS), 404),
    case("somebody else's repository", git_get("/hidden/vault.git" + REFS), 404),
    case("the parent directory", git_get("/ws/..git" + REFS), 400, 404),
    case("two dots in a name", git_get("/ws/a..b.git" + REFS), 400, 404),
    case("the suffix twice", git_get("/ws/repo.git.git" + REFS), 404),
    case("the suffix alone", git_get("/ws/.git" + REFS), 404),
    case("an option", git_get("/ws/--help.git" + REFS), 404),
    case("a NUL in a name", git_get("/ws/repo%00.git" + REFS), 400),
    case("a line feed in a name", git_get("/ws/repo%0a.git" + REFS), 400, 404),
    case("a blank in a name", git_get("/ws/re%20po.git" + REFS), 404),
    case("full-width letters", git_get("/ws/%ef%bd%92epo.git" + REFS), 404),
    case("the objects themselves", git_get("/ws/repo.git/objects/info/packs"), 404),
    case("HEAD as a file", git_get("/ws/repo.git/HEAD"), 404),
    case("the dumb protocol", git_get("/ws/repo.git/info/refs"), 400, 403, 404),
    case("git's lock files", git_get("/ws/repo.git/config.lock"), 404),
    case(
        "a service that is none", git_get("/ws/repo.git/info/refs?service=git-upload-archive"), 400, 403, 404
    ),
    case(
        "a service with its letters encoded",
        git_get("/ws/repo.git/info/refs?service=git%2Dupload%2Dpack"),
        200,
        400,
    ),
    case("one segment too many", git_get("/ws/x/repo.git" + REFS), 404),
]

RO = "Authorization: Basic {{B64:{{USER}}:{{APPPW_RO}}}}"
PUSH = "Content-Type: application/x-git-receive-pack-request"


def git_post(service, *lines, user=RO, body="0000", query=""):
    head = [f"POST /ws/repo.git/{service}{query} HTTP/1.1", "Host: {{HOST}}", user, *lines]
    return "\r\n".join(head) + f"\r\nContent-Length: {len(body)}\r\n\r\n" + body


GIT = [
    case("push by a reader", git_post("git-receive-pack", PUSH), 403),
    case(
        "push, saying it is a fetch",
        git_post("git-receive-pack", PUSH, query="?service=git-upload-pack"),
        403,
    ),
    case("push by nobody", git_post("git-receive-pack", PUSH, user="X-A: b"), 401),
    case("a fetch with a push's type", git_post("git-upload-pack", PUSH), 400, 415),
    case("a fetch without a type", git_post("git-upload-pack"), 400, 415),
    case(
        "a packet that is cut",
        git_post("git-receive-pack", PUSH, user="Authorization: Bearer {{TOKEN}}", body="00ff"),
        200,
        400,
    ),
    case(
        "a packet without a length",
        git_post("git-receive-pack", PUSH, user="Authorization: Bearer {{TOKEN}}", body="zzzz"),
        200,
        400,
    ),
    case("GET on a service", git_get("/ws/repo.git/git-upload-pack"), 404, 405),
    case(
        "a body that claims gzip",
        git_post(
            "git-upload-pack", "Content-Type: application/x-git-upload-pack-request", "Content-Encoding: gzip"
        ),
        200,
        400,
    ),
    case(
        "a body of an unknown coding",
        git_post(
            "git-upload-pack", "Content-Type: application/x-git-upload-pack-request", "Content-Encoding: br"
        ),
        400,
        415,
    ),
    case(
        "refs of a push by a reader", get(RO, target="/ws/repo.git/info/refs?service=git-receive-pack"), 403
    ),
    case(
        "another method override",
        git_post("git-upload-pack", "X-HTTP-Method-Override: DELETE", user="X-A: b"),
        401,
    ),
]
