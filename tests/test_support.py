"""The tests' own tools, where a mistake in them would hide or spread something."""

import base64

import pytest

from support.http import SHOWN_SIZE, Answer, basic, bearer
from support.secrets import base64_cores, rebuild, secret_part

CREDENTIAL = rebuild("lkat_" + "0" * 39, public_id="9fK2mQ7LwXc", secret="B0d1e2F3g4H5i6J7k8L9mZ")
ENCODED = [base64.b64encode(f"{lead}{CREDENTIAL}".encode()).decode() for lead in ("", "a", "ab", "x-token-auth:")]


def holds_secret(text):
    part = secret_part(CREDENTIAL)
    return part in text or any(core.decode() in text for core in base64_cores(part.encode()))


@pytest.mark.parametrize(
    "body",
    [
        CREDENTIAL,
        f'{{"secret":"{CREDENTIAL}"}}',
        f"git clone https://x-token-auth:{CREDENTIAL}@localhost/acme/site.git",
        basic("ana", CREDENTIAL),
        bearer(CREDENTIAL),
        "x" * (SHOWN_SIZE - 20) + " " + CREDENTIAL,
        *ENCODED,
        *(f"/{text}/" for text in ENCODED),
        *(text.replace("+", "-").replace("/", "_") for text in ENCODED),
    ],
)
def test_the_repr_of_an_answer_holds_no_secret(body):
    assert holds_secret(body), "the case itself is wrong"
    for answer in (Answer(200, [], body.encode()), Answer(200, [("Echo", body)], b"")):
        assert not holds_secret(repr(answer))


def test_the_repr_of_an_answer_masks_passwords_in_a_header_s_form():
    assert "b3BlbiBzZXNhbWU=" not in repr(Answer(200, [("Echo", "Basic b3BlbiBzZXNhbWU=")], b""))


def test_the_repr_of_an_answer_shows_the_rest_and_cuts_it():
    short = Answer(403, [("Content-Type", "text/plain")], b"needs write:repository:bitbucket, has read")
    assert repr(short) == (
        "<403 [Content-Type: text/plain] 'needs write:repository:bitbucket, has read'>"
    )
    long = repr(Answer(200, [], b"word " * 1000))
    assert len(long) < SHOWN_SIZE + 50 and "(5000 bytes)" in long
