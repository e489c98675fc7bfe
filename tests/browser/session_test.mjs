// Sessions as their owner sees them, and what happens to a form whose session has ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWizard } from './support/credentials.mjs';
import { ADMIN, openWindow, setUp, signIn, withBrowser } from './support/session.mjs';
import { until } from './support/waiting.mjs';

test('a session can be named and ended from another one', () =>
  withBrowser('sessions', async ({ server, browser, page }) => {
    await setUp({ server, page });
    const { page: other } = await openWindow(browser, server);
    await signIn(other);
    await other.getByRole('heading', { name: 'Profile' }).waitFor();
    const { page: third } = await openWindow(browser, server);
    await signIn(third);
    await third.getByRole('heading', { name: 'Profile' }).waitFor();

    await page.goto('/settings/security');
    await page
      .getByRole('button', { name: /^Rename session/ })
      .last()
      .click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('The spare laptop');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'End session The spare laptop' }).click();
    await page.getByText('Session ended').waitFor();
    assert.equal(await page.getByRole('button', { name: /^End session/ }).count(), 1);

    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
    await page.getByText('All other sessions have ended').waitFor();
    for (const ended of [other, third]) {
      await ended.goto('/settings/profile');
      await ended.getByRole('heading', { name: 'Sign in' }).waitFor();
    }
  }));

test('what was typed survives the end of the session', () =>
  withBrowser('session-ended', async ({ server, browser, page }) => {
    await setUp({ server, page });
    await page.goto('/settings/profile');
    await page.getByRole('textbox', { name: 'Name' }).fill('Maria S.');
    const { page: other } = await openWindow(browser, server);
    await signIn(other, ADMIN, '/settings/security');
    await other.getByRole('button', { name: 'End all others' }).click();
    await other.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
    await other.getByText('All other sessions have ended').waitFor();

    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Name saved').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Maria S.');
  }));

test('a secret asks for another proof when the last one is old', () =>
  withBrowser(
    'reauthentication',
    async ({ server, page }) => {
      await setUp({ server, page });
      await openWizard(page);
      await page.getByLabel('Name', { exact: true }).fill('Laptop');
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('Bitbucket', { exact: true }).click();
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByRole('button', { name: 'Git: read', exact: true }).click();
      await page.getByRole('button', { name: 'Next' }).click();
      await until('the proof is old', () =>
        page.evaluate(async () => {
          const { reauthenticate_after } = await (await fetch('/api/v1/session')).json();
          return Date.parse(reauthenticate_after) < Date.now();
        }),
      );
      await page.getByRole('button', { name: 'Create token' }).click();
      const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
      await dialog.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password);
      await dialog.getByRole('button', { name: 'Confirm' }).click();
      await page.getByRole('heading', { name: 'New API token' }).waitFor();
    },
    { reauthentication: '5s' },
  ));
