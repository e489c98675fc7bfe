// Where a secret must not be once its page was left.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  copied,
  createPassword,
  createToken,
  fillWizard,
  openPasswordForm,
  openWizard,
  TOKENS,
} from './support/credentials.mjs';
import { setUp, withBrowser } from './support/session.mjs';

/** Everything that scripts of this origin could find again. */
const storageOf = (page) =>
  page.evaluate(async () => {
    const caches = [];
    for (const name of await globalThis.caches.keys()) {
      const cache = await globalThis.caches.open(name);
      for (const request of await cache.keys()) caches.push(request.url);
    }
    const workers = await navigator.serviceWorker.getRegistrations();
    return JSON.stringify({
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: await indexedDB.databases(),
      history: history.state,
      name: window.name,
      cookie: document.cookie,
      workers: workers.length,
      caches,
    });
  });

/** Every file below a folder, as text. */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return entry.isFile() ? [[path, await readFile(path, 'latin1')]] : [];
  });
  return (await Promise.all(nested)).flat();
}

/** Notes every address and the answers that hold `secrets`, from now on. */
function record(page) {
  const seen = { urls: [], answers: [] };
  page.on('request', (request) => seen.urls.push(`${request.url()} ${request.postData() ?? ''}`));
  page.on('response', async (response) => {
    const text = await response.text().catch(() => '');
    seen.answers.push({ text, noStore: response.headers()['cache-control'] === 'no-store' });
  });
  return seen;
}

async function checkForgotten({ server, page, seen, secret }) {
  const middle = secret.slice(8, -8);
  const base64 = Buffer.from(`:${secret}`).toString('base64').slice(4, -4);
  const clean = (what, text) => {
    for (const part of [middle, base64]) assert.ok(!text.includes(part), `${what} has it`);
  };
  clean('the page', await page.content());
  clean('the storage', await storageOf(page));
  clean('an address', [...seen.urls, page.url()].join('\n'));
  const holding = seen.answers.filter(({ text }) => text.includes(middle));
  assert.equal(holding.length, 1, 'the answer that made it, and no other');
  assert.ok(holding[0].noStore);
  for (const [path, text] of await filesOf(server.directory)) clean(path, text);
}

test('a token is nowhere after its page was left, and does not come back', () =>
  withBrowser('leak-token', async ({ server, page }) => {
    await setUp({ server, page });
    const seen = record(page);
    await openWizard(page);
    await fillWizard(page, { name: 'Laptop', preset: 'Git: read' });
    const secret = await createToken(page);
    await copied(page, 'Copy the Base64 credential');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.waitForURL(`**${TOKENS}`);
    await page.getByText('Laptop').first().waitFor();
    await checkForgotten({ server, page, seen, secret });

    await page.goBack();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await checkForgotten({ server, page, seen, secret });
    await page.goto(TOKENS);
    await page.getByText('Laptop').first().waitFor();
    await page.getByText('Laptop').first().click();
    await page.getByRole('dialog').waitFor();
    await checkForgotten({ server, page, seen, secret });
  }));

test('an app password is nowhere after its dialog was closed', () =>
  withBrowser('leak-password', async ({ server, page }) => {
    await setUp({ server, page });
    const seen = record(page);
    await openPasswordForm(page);
    const secret = await createPassword(page, 'Sourcetree', [/^Read repositories/]);
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByText('Sourcetree').first().waitFor();
    await checkForgotten({ server, page, seen, secret });
    await page.reload();
    await page.getByText('Sourcetree').first().waitFor();
    await checkForgotten({ server, page, seen, secret });
  }));
