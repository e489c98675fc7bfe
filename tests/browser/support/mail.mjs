// A mail server (Debian's aiosmtpd), and the letters that came to it.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const sink = new URL('../../../testdata/mail/smtp_sink.py', import.meta.url).pathname;

/** RFC 2045 section 6.7. */
function decodeQuoted(text) {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function partOf(letter, type) {
  const [, body] = new RegExp(`Content-Type: ${type}[^]*?\r\n\r\n([^]*?)\r\n--`).exec(letter) ?? [];
  return body === undefined ? '' : decodeQuoted(body);
}

export async function startMail() {
  const process_ = spawn('/usr/bin/python3', [sink, 'plain', '/'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
  const { value: port } = await lines.next();
  return {
    url: `smtp+plain://localhost:${port}`,
    /** The next one, waited for: to whom, and its two forms. */
    async nextLetter() {
      const { to, letter } = JSON.parse((await lines.next()).value);
      const text = partOf(letter, 'text/plain');
      const [link] = /https?:\/\/\S+\/link#\S+/.exec(text) ?? [];
      return {
        to,
        head: letter.split('\r\n\r\n')[0],
        text,
        html: partOf(letter, 'text/html'),
        link,
      };
    },
    async stop() {
      const ended = new Promise((resolve) => process_.once('exit', resolve));
      process_.stdin.end();
      await ended;
    },
  };
}
