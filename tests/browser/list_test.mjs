// Long lists of one person's credentials, and revoking several and all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOKENS } from './support/credentials.mjs';
import { setUp, withBrowser } from './support/session.mjs';
import { until } from './support/waiting.mjs';

/** `LATCHKEY_LIST_SIZE=50000 ./dev browser list` is what the pages are made for; making them takes a minute. */
const COUNT = Number(process.env.LATCHKEY_LIST_SIZE ?? 5000);
const ALL = COUNT.toLocaleString('en-US');
const ABREAST = 64;

/** Makes `count` tokens with the session of that window; returns the secrets of the first and the last. */
async function fill({ server, context }, count) {
  const [cookie] = (await context.cookies()).filter(({ name }) => name.endsWith('-session'));
  const headers = {
    Cookie: `${cookie.name}=${cookie.value}`,
    'X-Latchkey-Csrf': '1',
    'Content-Type': 'application/json',
  };
  const secrets = [];
  let number = 0;
  const worker = async () => {
    for (let mine = number++; mine < count; mine = number++) {
      const answer = await fetch(`${server.url}/api/v1/api-tokens`, {
        method: 'POST',
        headers,
        body: JSON.stringify({
          name: `Job ${String(mine).padStart(5, '0')}`,
          scopes: [mine % 2 ? 'read:repository:bitbucket' : 'read:user:bitbucket'],
          ttl: 86_400 * (2 + (mine % 300)),
        }),
      });
      assert.equal(answer.status, 201, await answer.clone().text());
      const { secret } = await answer.json();
      if (mine === 0 || mine === count - 1) secrets[mine === 0 ? 0 : 1] = secret;
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return secrets;
}

const rows = (page) => page.locator('tbody tr[data-index]');
const inDocument = (page) => page.evaluate(() => document.querySelectorAll('*').length);
const counted = (page, text) =>
  page.locator('.list-count', { hasText: text }).waitFor({ timeout: 60_000 });

test('a long list keeps few rows in the document, and finds, sorts and filters', () =>
  withBrowser('list-long', async ({ server, context, page }) => {
    await setUp({ server, page });
    const [first] = await fill({ server, context }, COUNT);
    await page.goto(TOKENS);
    await rows(page).first().waitFor();
    await counted(page, ALL);
    assert.ok((await inDocument(page)) < 3000);

    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
    await until('the middle of the list is there', async () => {
      const index = Number(await rows(page).first().getAttribute('data-index'));
      return index > COUNT / 3;
    });
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await until('the end of the list is there', async () => {
      const index = Number(await rows(page).last().getAttribute('data-index'));
      return index === COUNT - 1;
    });
    assert.ok((await inDocument(page)) < 3000);

    await page.evaluate(() => window.scrollTo(0, 0));
    const search = page.getByRole('searchbox').first();
    await page.evaluate((secret) => navigator.clipboard.writeText(secret), first);
    await search.focus();
    await page.keyboard.press('Control+V');
    await counted(page, `1 of ${ALL}`);
    await rows(page).first().getByText('Job 00000').waitFor();
    assert.ok(!(await page.content()).includes(first.slice(5)));
    assert.ok(!(await search.inputValue()).includes(first.slice(-12)));

    const last = `Job ${String(COUNT - 1).padStart(5, '0')}`;
    await search.fill(last);
    await counted(page, `1 of ${ALL}`);
    await rows(page).first().getByText(last).waitFor();
    await search.fill('');
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await rows(page).first().getByText('Job 00000').waitFor();
    await page
      .getByRole('button', { name: /All states|State/ })
      .first()
      .click();
    await page.getByRole('option', { name: /Expires soon|near/i }).click();
    await until('only those that expire soon are left', async () => {
      const text = await page.locator('.list-count').textContent();
      return text.includes(`of ${ALL}`) && !text.startsWith(ALL);
    });
  }));

test('several are revoked at once, and then all, with a reason', () =>
  withBrowser('list-revoke', async ({ server, context, page }) => {
    await setUp({ server, page });
    const [first, last] = await fill({ server, context }, 6);
    const status = async (secret) =>
      (await fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } }))
        .status;
    await page.goto(TOKENS);
    for (const name of ['Job 00000', 'Job 00001']) {
      await page.getByRole('checkbox', { name: new RegExp(name) }).press('Space');
    }
    await page.locator('.selection-bar').getByRole('button', { name: 'Revoke' }).click();
    await page.getByLabel('Reason').fill('The laptop was lost.');
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /Revoke/ })
      .click();
    await page.getByText('Revoked 2').waitFor();
    assert.equal(await status(first), 401);
    assert.equal(await status(last), 200);

    await page
      .getByRole('button', { name: 'More' })
      .or(page.getByRole('button', { name: /actions/i }))
      .first()
      .click();
    await page.getByRole('menuitem', { name: /Revoke all/ }).click();
    await page.getByLabel('Reason').fill('A new beginning.');
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /Revoke/ })
      .click();
    await page.getByText('Revoked 4').waitFor();
    assert.equal(await status(last), 401);
    await page.locator('tbody .cell-name', { hasText: 'Job 00005' }).click();
    await page.getByRole('dialog').getByText('A new beginning.').waitFor();
  }));
