// Names that are markup: every page shows them as the text that they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPassword,
  createToken,
  fillWizard,
  openPasswordForm,
  openWizard,
  PASSWORDS,
  TOKENS,
} from './support/credentials.mjs';
import { ADMIN, addAuthenticator, setUp, withBrowser } from './support/session.mjs';
import { until } from './support/waiting.mjs';

const NAME = '<img src=x onerror=alert(1)>';
const maria = { ...ADMIN, name: NAME };

/** Everything that the page shows or says, fields and labels included. */
const textOf = (page) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll('input')].map((field) => field.value);
    const labels = [...document.querySelectorAll('[aria-label]')].map((part) => part.ariaLabel);
    return [document.body.textContent, ...fields, ...labels].join('\n');
  });

/** It shows as text, and nobody made an image of it; a script that ran would be a dialog. */
async function checkText(page, where) {
  await until(`${where} shows it as text`, async () => (await textOf(page)).includes(NAME));
  assert.equal(await page.locator('img[src="x"]').count(), 0, where);
}

async function invite(page, button, { email, username }) {
  await page.getByRole('button', { name: button }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail', { exact: true }).fill(email);
  await dialog.getByLabel('Username', { exact: true }).fill(username);
  await dialog.getByRole('textbox', { name: /^Display name/ }).fill(NAME);
  await dialog.locator('button[type=submit]').click();
}

test('markup as a name is text on every page', () =>
  withBrowser('names', async ({ server, page }) => {
    await addAuthenticator(page);
    await setUp({ server, page }, maria);
    await openWizard(page);
    await fillWizard(page, { name: NAME, preset: 'Git: read' });
    await checkText(page, 'the review');
    await createToken(page);
    await checkText(page, 'the new token');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await openPasswordForm(page);
    await createPassword(page, NAME, [/^Read repositories/]);
    await checkText(page, 'the new app password');
    await page.getByRole('button', { name: 'Done', exact: true }).click();

    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill(NAME);
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'I have saved them' }).click();
    await page.getByRole('button', { name: /^Rename session/ }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(NAME);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: `Rename session ${NAME}` }).waitFor();
    await checkText(page, 'the sessions');
    await page.getByRole('button', { name: `Remove passkey ${NAME}` }).click();
    await checkText(page, 'the question before a passkey is removed');

    await page.goto(TOKENS);
    await page.getByRole('button', { name: `Actions for ${NAME}` }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await checkText(page, 'the question before a token is revoked');
    await page.getByLabel('Reason').fill(NAME);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked 1').waitFor();

    await page.goto('/admin/accounts');
    await invite(page, 'Invite a person', { email: 'eve@example.com', username: 'eve' });
    await page.getByText('Hand over this link').waitFor();
    await checkText(page, 'the invitation');
    await page.goto('/admin/service-accounts');
    await invite(page, /service account/i, { email: 'ci@example.com', username: 'ci' });
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    for (const path of [
      '/settings/profile',
      '/settings/security',
      TOKENS,
      PASSWORDS,
      '/admin/accounts',
      '/admin/service-accounts',
      '/admin/credentials',
      '/admin/audit',
    ]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await checkText(page, path);
    }
    await page.locator('tbody .cell-name').first().click();
    await page.getByRole('dialog').waitFor();
    await checkText(page, 'a change of the audit log');
  }));
