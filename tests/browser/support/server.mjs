// A real `latchkey serve` on a fresh data directory, reached as http://localhost: passkeys and cookies
// with the prefix __Host- work there without TLS.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './waiting.mjs';

const run = promisify(execFile);

/** The program under test. */
export function binary() {
  const path = process.env.LATCHKEY_BIN;
  if (!path) throw new Error('LATCHKEY_BIN names the program under test; ./dev browser sets it');
  return path;
}

export async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export class Server {
  /** Starts one and waits until it is ready. `settings` are names and values of docs/settings.md. */
  static async start(settings = {}, port = undefined) {
    const server = new Server();
    server.directory = await mkdtemp(join(tmpdir(), 'latchkey-browser-'));
    server.data = join(server.directory, 'data');
    server.port = port ?? (await freePort());
    server.url = `http://localhost:${server.port}`;
    server.settings = settings;
    await server.run();
    return server;
  }

  environment() {
    const own = {
      listen: `127.0.0.1:${this.port}`,
      public_url: this.url,
      log_file: join(this.directory, 'server.log'),
      access_log: join(this.directory, 'access.log'),
    };
    const named = Object.entries({ ...own, ...this.settings }).map(([name, value]) => [
      `LATCHKEY_${name.toUpperCase()}`,
      String(value),
    ]);
    return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...Object.fromEntries(named) };
  }

  async run() {
    const output = await open(join(this.directory, 'output.txt'), 'a');
    this.process = spawn(binary(), ['serve', '--data', this.data], {
      env: this.environment(),
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    await until('the server is ready', async () => {
      if (this.process.exitCode !== null) {
        throw new Error(`the server ended with ${this.process.exitCode}: ${await this.output()}`);
      }
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      return answer?.status === 200;
    });
  }

  /** What it printed. */
  output() {
    return readFile(join(this.directory, 'output.txt'), 'utf8');
  }

  /** The link to the first account, which the first start prints. */
  async setUpLink() {
    return until('the set-up link is printed', async () => {
      const [link] = /https?:\/\/\S+\/link#\S+/.exec(await this.output()) ?? [];
      return link;
    });
  }

  /** Runs a subcommand on this server's data; returns its standard output. */
  async cli(...words) {
    const { stdout } = await run(binary(), [...words, '--data', this.data], {
      env: this.environment(),
    });
    return stdout;
  }

  async stop() {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
