"""A real mail server (aiosmtpd) that keeps what it is given."""

import email
import email.policy
import re

from aiosmtpd.controller import Controller

from support.server import free_port
from support.waiting import wait_until

LINK = re.compile(r"/link#([0-9A-Za-z]{16}\.[0-9A-Za-z]{22})")


class Letter:
    def __init__(self, envelope):
        self.to = list(envelope.rcpt_tos)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.subject = message["Subject"]
        self.text = message.get_body(("plain",)).get_content()
        self.html = message.get_body(("html",)).get_content()

    def link(self):
        return LINK.search(self.text)[1]


class MailServer:
    """`with MailServer() as mail:`; `mail.settings` are for a server that sends through it."""

    def __init__(self):
        self.letters = []
        self.port = free_port()
        self.settings = {
            "smtp_url": f"smtp+plain://127.0.0.1:{self.port}",
            "mail_from": "Latchkey <latchkey@example.org>",
        }
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append(Letter(envelope))
        return "250 OK"

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    def to(self, address):
        return [letter for letter in self.letters if letter.to == [address]]

    def wait_for(self, address, subject):
        """The newest letter to `address` that has `subject` in its own."""
        found = []

        def look():
            found[:] = [letter for letter in self.to(address) if subject in letter.subject]
            return bool(found)

        wait_until(look, f"a letter about {subject!r} comes")
        return found[-1]
