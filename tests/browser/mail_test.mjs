// Invitations and links to a new password by mail: a real SMTP server, and the links as they arrive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMail } from './support/mail.mjs';
import { ADMIN, openWindow, setUp, signIn, withBrowser } from './support/session.mjs';

const NAME = '<img src=x onerror=alert(1)>';
const ANA = { email: 'ana@example.com', username: 'ana', password: 'five other unrelated words' };

async function withMail(name, run) {
  const mail = await startMail();
  const settings = { smtp_url: mail.url, mail_from: 'Latchkey <keys@example.org>' };
  try {
    await withBrowser(name, (window) => run({ ...window, mail }), settings);
  } finally {
    await mail.stop();
  }
}

/** The HTML of a letter in a browser without any policy: markup in a name must be text by itself. */
async function checkLetter(browser, { head, html }) {
  assert.ok(!head.includes('\n<img'));
  const page = await browser.newPage();
  const dialogs = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss();
  });
  await page.setContent(html);
  assert.equal(await page.locator('img, script').count(), 0);
  const shown = await page.evaluate(() => document.body.textContent);
  assert.deepEqual(dialogs, []);
  await page.close();
  return shown;
}

test('an invitation and a new password come by mail, and names in letters are text', () =>
  withMail('mail', async ({ server, browser, page, mail }) => {
    await setUp({ server, page }, { ...ADMIN, name: NAME });
    await page.goto('/admin/accounts');
    await page.getByRole('button', { name: 'Invite a person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail', { exact: true }).fill(ANA.email);
    await dialog.getByLabel('Username', { exact: true }).fill(ANA.username);
    await dialog.getByRole('textbox', { name: /^Display name/ }).fill(NAME);
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();

    const invitation = await mail.nextLetter();
    assert.deepEqual(invitation.to, [ANA.email]);
    assert.ok((await checkLetter(browser, invitation)).includes(NAME), invitation.html);
    assert.ok(invitation.link, invitation.text);
    const { page: ana, findings } = await openWindow(browser, server);
    await ana.goto(invitation.link);
    await ana.getByRole('textbox', { name: 'New password' }).fill(ANA.password);
    await ana.getByRole('button', { name: 'Set the password and sign in' }).click();
    await ana.waitForURL((url) => url.pathname.startsWith('/settings/'));

    const { page: fresh } = await openWindow(browser, server);
    await fresh.goto('/login');
    await fresh.getByRole('link', { name: 'Forgotten password?' }).click();
    await fresh.getByLabel('E-mail or username').fill(ANA.email);
    await fresh.getByRole('button', { name: 'Send the link' }).click();
    await fresh.getByText('a link is on its way').waitFor();
    const reset = await mail.nextLetter();
    assert.deepEqual(reset.to, [ANA.email]);
    await checkLetter(browser, reset);
    await fresh.goto(reset.link);
    await fresh.getByRole('textbox', { name: 'New password' }).fill('six further unrelated words');
    await fresh.getByRole('button', { name: /Set the password|Choose/ }).click();
    await fresh.waitForURL((url) => url.pathname.startsWith('/settings/'));

    await ana.goto('/settings/profile');
    await ana.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(ana, ANA);
    await ana.getByRole('alert').waitFor();
    assert.deepEqual(findings, []);
  }));
