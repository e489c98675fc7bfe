// One test's server and browser, and what a person does with them again and again.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { launch, watch } from '../../../web/tools/browser.mjs';
import { addAuthenticator } from '../../../web/tools/scenes/account.mjs';
import { Server } from './server.mjs';

export { addAuthenticator };

export const ADMIN = {
  email: 'maria@example.com',
  username: 'maria',
  name: 'Maria Sanchez',
  password: 'four quite unrelated words',
};

/** A window of its own: no cookie, storage or cache of another one. */
export async function openWindow(browser, server, options = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  return { context, page, findings: watch(page) };
}

/**
 * Runs `test` with a fresh server and a browser. Afterwards nothing may have broken the pages' policy,
 * thrown, or opened a dialog; where it fails, a picture stays in .local/browser/.
 */
export async function withBrowser(name, test, settings = {}, port = undefined) {
  const server = await Server.start(settings, port);
  const browser = await launch();
  const window = await openWindow(browser, server);
  try {
    await test({ server, browser, ...window });
    assert.deepEqual(window.findings, []);
  } catch (error) {
    const folder = new URL('../../../.local/browser/', import.meta.url).pathname;
    await mkdir(folder, { recursive: true });
    await window.page
      .screenshot({ path: `${folder}${name.replaceAll(/\W+/g, '-')}.png` })
      .catch(() => {});
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Makes the first account by the link that the server printed; ends signed in. */
export async function setUp({ server, page }, person = ADMIN) {
  await page.goto(await server.setUpLink());
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Username').fill(person.username);
  await page.getByRole('textbox', { name: /^Name/ }).fill(person.name);
  await page.getByRole('textbox', { name: 'New password' }).fill(person.password);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/settings/'));
}

export async function signIn(page, person = ADMIN, next = '/settings/profile') {
  await page.goto(`/login?next=${encodeURIComponent(next)}`);
  await page.getByLabel('E-mail or username').fill(person.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
