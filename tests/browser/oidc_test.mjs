// Signing in at an OpenID provider: npm's oidc-provider.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProvider } from './support/provider.mjs';
import { freePort } from './support/server.mjs';
import { openWindow, setUp, withBrowser } from './support/session.mjs';
import { codeAfter, codeOf, setUpTotp } from './support/totp.mjs';

const ANA = {
  email: 'ana@example.org',
  username: 'ana',
  name: 'Ana Duarte',
  password: 'five other unrelated plain words',
};

async function withProvider(name, options, run) {
  const port = await freePort();
  const callback = `http://localhost:${port}/login/oidc/sso/callback`;
  const provider = await startProvider({ callback, ...options });
  const settings = {
    oidc_issuer: provider.issuer,
    oidc_client_id: provider.clientId,
    oidc_title: 'Example',
  };
  try {
    await withBrowser(name, run, settings, port);
  } finally {
    await provider.stop();
  }
}

const goThere = async (page, next = '/settings/profile') => {
  await page.goto(`/login?next=${encodeURIComponent(next)}`);
  await page
    .getByRole('button', { name: 'Example' })
    .or(page.getByRole('link', { name: 'Example' }))
    .click();
};

test('somebody whom the provider knows signs in, with a second step of ours if there is one', () =>
  withProvider('oidc', {}, async ({ server, browser, page }) => {
    await setUp({ server, page }, ANA);
    const { page: fresh, findings } = await openWindow(browser, server);
    await goThere(fresh, '/settings/security?a=b&c=d');
    await fresh.getByRole('heading', { name: 'Security', exact: true }).waitFor();
    assert.equal(new URL(fresh.url()).search, '?a=b&c=d');

    const { key, code } = await setUpTotp(page);
    const { page: again } = await openWindow(browser, server);
    await goThere(again, '/settings/security?a=b&c=d');
    await again.getByLabel('Code of your authenticator app').fill(await codeAfter(key, code));
    await again.getByRole('heading', { name: 'Security', exact: true }).waitFor();
    assert.equal(new URL(again.url()).search, '?a=b&c=d');
    assert.notEqual(await codeOf(key), code);
    assert.deepEqual(findings, []);
  }));

test('an address that the provider does not vouch for opens no account', () =>
  withProvider('oidc-unverified', { verified: false }, async ({ server, browser, page }) => {
    await setUp({ server, page }, ANA);
    const { page: fresh } = await openWindow(browser, server);
    await goThere(fresh);
    await fresh.getByText('No active account here fits that sign-in').waitFor();
    assert.equal(new URL(fresh.url()).pathname, '/login');
    await fresh.goto('/settings/profile');
    await fresh.getByRole('heading', { name: 'Sign in' }).waitFor();
  }));

test('a session that ended begins again at the provider, and what was typed survives', () =>
  withProvider('oidc-ended', {}, async ({ server, browser, context, page }) => {
    await setUp({ server, page }, ANA);
    await page.goto('/settings/profile');
    await page.getByRole('textbox', { name: 'Name' }).fill('Ana D.');
    const { page: other } = await openWindow(browser, server);
    await goThere(other, '/settings/security');
    await other.getByRole('button', { name: 'End all others' }).click();
    await other.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
    await other.getByText('All other sessions have ended').waitFor();

    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    const opening = context.waitForEvent('page');
    await dialog.getByRole('link', { name: 'Sign in again with Example' }).click();
    const tab = await opening;
    await tab.getByRole('heading', { name: 'Security', exact: true }).waitFor();
    await tab.close();
    await dialog.getByRole('button', { name: 'I have signed in again' }).click();
    await page.getByText('Name saved').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Ana D.');
  }));
