// Second steps as a person sets them up and uses them: an authenticator app (oathtool stands for it), a
// recovery code, a passkey of Chromium's own authenticator.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMIN,
  addAuthenticator,
  openWindow,
  setUp,
  signIn,
  withBrowser,
} from './support/session.mjs';
import { codeAfter, setUpTotp, turnOnTotp } from './support/totp.mjs';

const CODE = 'Code of your authenticator app';

test('an authenticator app is asked for after the password, and no code works twice', () =>
  withBrowser('authenticator-app', async ({ server, browser, page }) => {
    await setUp({ server, page });
    const { key, code } = await setUpTotp(page);

    const { page: fresh, findings } = await openWindow(browser, server);
    await signIn(fresh);
    await fresh.getByLabel(CODE).fill(code);
    await fresh.getByRole('alert').waitFor();
    await fresh.getByLabel(CODE).fill(await codeAfter(key, code));
    await fresh.getByRole('heading', { name: 'Profile' }).waitFor();
    assert.deepEqual(findings, []);
  }));

test('a recovery code works once, and is in no page afterwards', () =>
  withBrowser('recovery-code', async ({ server, browser, page }) => {
    await setUp({ server, page });
    const { codes } = await setUpTotp(page);
    assert.equal(codes.length, 10);
    assert.ok(!(await page.content()).includes(codes[0]));

    for (const [attempt, works] of [true, false].entries()) {
      const { page: fresh } = await openWindow(browser, server);
      await signIn(fresh);
      await fresh.getByRole('button', { name: 'Use a recovery code' }).click();
      await fresh.getByLabel('Recovery code').fill(codes[0]);
      await fresh.getByRole('button', { name: 'Continue' }).click();
      const seen = works
        ? fresh.getByRole('heading', { name: 'Profile' })
        : fresh.getByRole('alert');
      await seen.waitFor();
      assert.equal(
        new URL(fresh.url()).pathname.startsWith('/settings'),
        works,
        `attempt ${attempt}`,
      );
    }
  }));

test('a passkey signs in by itself, until it is removed', () =>
  withBrowser('passkey', async ({ server, page }) => {
    await addAuthenticator(page);
    await setUp({ server, page });
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Work laptop');
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'I have saved them' }).click();
    await page.getByRole('button', { name: 'Remove passkey Work laptop' }).waitFor();

    const signOut = async () => {
      await page.getByRole('button', { name: `Account menu of ${ADMIN.name}` }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    };
    await signOut();
    await page.goto('/login?next=/settings/security');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Security', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Remove passkey Work laptop' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('None yet.').waitFor();
    await signOut();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').waitFor();
  }));

test('a passkey is the second step after the password', () =>
  withBrowser('passkey-second', async ({ server, page }) => {
    await addAuthenticator(page);
    await setUp({ server, page });
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Key on the ring');
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'I have saved them' }).click();
    await page.getByRole('button', { name: `Account menu of ${ADMIN.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();

    await signIn(page);
    await page.getByRole('heading', { name: 'Second step' }).waitFor();
    await page.goto('/settings/profile');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page);
    await page.getByRole('button', { name: 'Use a passkey or security key' }).click();
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
  }));

test('where policy wants a second step, every page leads to it, and it leads back', () =>
  withBrowser('second-step-first', async ({ server, page }) => {
    await setUp({ server, page });
    await server.cli('policy', 'set', 'second_step_required=true');
    const wanted = '/settings/security/api-tokens/new?name=Deploy&app=bitbucket';
    await page.goto(wanted);
    await page.getByRole('heading', { level: 1, name: 'One thing first' }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.getByRole('link', { name: 'Set up a second step' }).click();
    await page.getByRole('heading', { level: 1, name: 'Security' }).waitFor();
    await turnOnTotp(page);
    await page.getByRole('heading', { name: 'Name and expiry' }).waitFor();
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Deploy');
    assert.ok(page.url().endsWith(wanted), page.url());
  }));
