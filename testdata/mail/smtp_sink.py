"""A mail server for tests: takes letters and prints what came.

    python3 smtp_sink.py plain|starttls|tls DIRECTORY

First it prints its port, then one line of JSON a letter. Letters to refuse@… get 550, letters to
later@… get 451. With starttls and tls it wants AUTH as ana, password "correct horse", and leaves its
certificate, for localhost, in DIRECTORY/certificate.pem. It ends with its standard input.
"""

import asyncio
import json
import ssl
import subprocess
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem"
)


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse@"):
            return "550 nobody of that name"
        if address.startswith("later@"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "host": session.host_name,
            "encrypted": server.transport.get_extra_info("cipher") is not None,
            "user": session.auth_data and session.auth_data.decode(),
            "letter": envelope.content.decode("ascii"),
        }
        print(json.dumps(letter), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"ana", b"correct horse")
    return AuthResult(success=good, handled=False, auth_data=data.login if good else None)


def tls(directory):
    subprocess.run(MAKE_CERTIFICATE.split(), cwd=directory, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(directory, "certificate.pem"), Path(directory, "key.pem"))
    return context


async def main(mode, directory):
    context = None if mode == "plain" else tls(directory)
    options = {}
    if mode != "plain":
        options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": mode == "starttls"}
    if mode == "starttls":
        options |= {"tls_context": context, "require_starttls": True}

    def session():
        return SMTP(Sink(), loop=loop, **options)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
