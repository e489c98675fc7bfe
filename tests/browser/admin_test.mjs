// What an administrator does, and what it does to others at once.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { copied, createToken, fillWizard, PASSWORDS } from './support/credentials.mjs';
import { openWindow, setUp, signIn, withBrowser } from './support/session.mjs';

const ANA = {
  email: 'ana@example.com',
  username: 'ana',
  password: 'five other unrelated plain words',
};

/** Invites Ana, and signs her in by the link that the page hands over. */
async function invite({ server, browser, page }) {
  await page.goto('/admin/accounts');
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail', { exact: true }).fill(ANA.email);
  await dialog.getByLabel('Username', { exact: true }).fill(ANA.username);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  const link = await copied(page, 'Copy the link');
  const ana = await openWindow(browser, server);
  await ana.page.goto(link);
  await ana.page.getByRole('textbox', { name: 'New password' }).fill(ANA.password);
  await ana.page.getByRole('button', { name: 'Set the password and sign in' }).click();
  await ana.page.waitForURL((url) => url.pathname.startsWith('/settings/'));
  return ana;
}

async function chooseFor(page, name, action, confirm) {
  await page.goto('/admin/accounts');
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
  if (confirm === undefined) return;
  await page.getByRole('alertdialog').getByRole('button', { name: confirm }).click();
  await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
}

const tokenStatus = async (server, token) =>
  (await fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } }))
    .status;

test('an invited person signs in; suspended, neither pages nor tokens let them in', () =>
  withBrowser('invitation', async (window) => {
    const { server, browser, page } = window;
    await setUp({ server, page });
    const { page: ana, findings } = await invite(window);
    await ana.goto('/settings/security/api-tokens/new');
    await fillWizard(ana, { name: 'Laptop', preset: 'Git: read' });
    const token = await createToken(ana);
    assert.equal(await tokenStatus(server, token), 200);
    await ana.getByRole('button', { name: 'Done', exact: true }).click();

    await chooseFor(page, 'ana', 'Suspend…', 'Suspend');
    assert.equal(await tokenStatus(server, token), 401);
    await ana.goto('/settings/profile');
    await ana.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(ana, ANA);
    await ana.getByRole('alert').waitFor();

    await chooseFor(page, 'ana', 'Resume');
    await page.getByText('is active again').waitFor();
    assert.equal(await tokenStatus(server, token), 200);
    const { page: again } = await openWindow(browser, server);
    await signIn(again, ANA);
    await again.getByRole('heading', { name: 'Profile' }).waitFor();
    await again.goto('/admin/accounts');
    await again.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await again.getByText(ANA.email).count(), 0);
    assert.deepEqual(findings, []);
  }));

test('policies bind everybody from now on', () =>
  withBrowser('policies', async (window) => {
    const { server, page } = window;
    await setUp({ server, page });
    const { page: ana } = await invite(window);
    await page.goto('/admin/policies');
    await page.getByLabel('Longest life, in days').fill('30');
    await page.getByText('People may create app passwords').click();
    await page.getByRole('button', { name: 'Save policies' }).click();
    await page.getByText('Policies saved').waitFor();

    await ana.goto(`${PASSWORDS}/new`);
    await ana.getByText('turned app passwords off').waitFor();
    await ana.goto('/settings/security/api-tokens/new');
    await ana.getByText('Your administrator allows at most').waitFor();
    assert.ok(await ana.getByRole('radio', { name: '90 days' }).isDisabled());
  }));

test('a service account gets a token from its administrator, and the log says so', () =>
  withBrowser('service-account', async ({ server, page }) => {
    await setUp({ server, page });
    await page.goto('/admin/service-accounts');
    await page.getByRole('button', { name: 'Create service account' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail', { exact: true }).fill('ci@example.com');
    await dialog.getByLabel('Username', { exact: true }).fill('ci');
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'hidden' });
    if (!/\/service-accounts\/\w/.test(page.url())) {
      await page.locator('tbody').getByRole('link', { name: 'ci' }).click();
    }
    await page.getByRole('link', { name: 'Create API token' }).first().click();
    await fillWizard(page, { name: 'Nightly build', preset: 'Git: read' });
    const token = await createToken(page);
    assert.equal(await tokenStatus(server, token), 200);
    await page.getByRole('button', { name: 'Done', exact: true }).click();

    await page.goto('/admin/credentials');
    await page.getByText('Nightly build').first().waitFor();
    await page.goto('/admin/audit');
    await page.locator('tbody tr').first().waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    const csv = await readFile(await (await saving).path(), 'utf8');
    assert.ok(csv.includes('credential'), csv.slice(0, 300));
    assert.ok(!csv.includes(token.slice(8, -8)));
  }));
