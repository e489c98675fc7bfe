// From an empty data directory to a signed-in administrator, by the link that the first start prints.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMIN, openWindow, setUp, signIn, withBrowser } from './support/session.mjs';

test('the set-up link makes the first administrator, once', () =>
  withBrowser('set-up', async ({ server, browser, page }) => {
    const link = await server.setUpLink();
    await page.goto(link);
    await page.getByRole('button', { name: 'Make the account' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Sign in' }).count(), 0);
    await setUp({ server, page });
    assert.equal(new URL(page.url()).hash, '');

    await page.goto('/settings/profile');
    await page.getByText(ADMIN.email).waitFor();
    await page.getByText('Administrator', { exact: true }).waitFor();

    const other = await openWindow(browser, server);
    await other.page.goto(link);
    await other.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
    assert.deepEqual(other.findings, []);
  }));

test('the session cookie is out of reach of scripts, and signing out ends it', () =>
  withBrowser('sign-out', async ({ server, context, page }) => {
    await setUp({ server, page });
    const cookies = await context.cookies();
    const session = cookies.find((cookie) => cookie.name === '__Host-latchkey-session');
    assert.ok(session?.httpOnly && session.secure && session.path === '/');
    assert.ok(['Lax', 'Strict'].includes(session.sameSite));
    assert.equal(await page.evaluate(() => document.cookie), '');

    await page.goto('/settings/profile');
    await page.getByRole('button', { name: `Account menu of ${ADMIN.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();

    await context.addCookies([session]);
    await page.goto('/settings/profile');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }));

test('a password signs in, a wrong one does not', () =>
  withBrowser('password', async ({ server, browser, page }) => {
    await setUp({ server, page });
    const { page: fresh } = await openWindow(browser, server);
    await signIn(fresh, { ...ADMIN, password: 'four quite different words' });
    await fresh.getByRole('alert').waitFor();
    await fresh.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password);
    await fresh.getByRole('button', { name: 'Sign in', exact: true }).click();
    await fresh.getByRole('heading', { name: 'Profile' }).waitFor();
  }));
