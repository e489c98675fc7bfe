// An OpenID provider to sign in with: npm's oidc-provider (testdata/oidc/provider.mjs), which says of
// everybody that it is ana@example.org and asks nobody anything.

import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url).pathname;
const folder = `${root}.cache/oidc`;

/** Installs it where tests/test_oidc_peer.py does, too: again only when what is wanted changed. */
async function install() {
  const wanted = await readFile(`${root}testdata/oidc/package.json`, 'utf8');
  const there = await readFile(`${folder}/package.json`, 'utf8').catch(() => '');
  const installed = await readFile(`${folder}/node_modules/oidc-provider/package.json`).catch(
    () => undefined,
  );
  if (there === wanted && installed) return;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/package.json`, wanted);
  await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
}

/** `verified`: whether it vouches for the address. Its client is public. */
export async function startProvider({ callback, verified = true }) {
  await install();
  const process_ = spawn('node', [`${root}testdata/oidc/provider.mjs`], {
    cwd: folder,
    env: {
      ...process.env,
      OIDC_CALLBACK: callback,
      OIDC_EMAIL_VERIFIED: String(verified),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: process_.stdout });
  const { value: issuer } = await lines[Symbol.asyncIterator]().next();
  return {
    issuer,
    clientId: 'none',
    async stop() {
      const ended = new Promise((resolve) => process_.once('exit', resolve));
      process_.stdin.end();
      await ended;
    },
  };
}
