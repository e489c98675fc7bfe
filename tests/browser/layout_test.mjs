// What the wizard shows where there is little room: a small window, 200 % zoom, a phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createToken, fillWizard, next, TOKENS } from './support/credentials.mjs';
import { setUp, withBrowser } from './support/session.mjs';

const LINK = `${TOKENS}/new?name=Deploy&app=bitbucket&scopes=write:repository:bitbucket,write:pullrequest:bitbucket,no:such&expires=30d`;

/** Whether the middle of the focused choice is what a person would press there. */
const focusIsUncovered = (page) =>
  page.evaluate(() => {
    const choice = document.activeElement.closest('label') ?? document.activeElement;
    const { left, top, height } = choice.getBoundingClientRect();
    const there = document.elementFromPoint(left + 20, top + height / 2);
    return there !== null && (choice.contains(there) || there.contains(choice));
  });

async function openScopes(page) {
  await page.goto(LINK);
  await page.getByRole('heading', { name: 'Name and expiry' }).waitFor();
  await next(page);
  await next(page);
  await page.getByRole('heading', { name: 'Scopes', exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'write:repository:bitbucket' }).waitFor();
}

test('what has the focus is never under a bar', () =>
  withBrowser('layout-focus', async ({ server, page }) => {
    await setUp({ server, page });
    // 1280 × 720 at 200 %, the same at 100 %, and a phone.
    for (const [width, height] of [
      [640, 360],
      [1280, 720],
      [360, 740],
    ]) {
      await page.setViewportSize({ width, height });
      await openScopes(page);
      await page.getByLabel('Search scopes').focus();
      for (let i = 0; i < 40; ++i) {
        await page.keyboard.press('Tab');
        const where = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120));
        assert.ok(await focusIsUncovered(page), `${width} × ${height}, tab ${i}: ${where}`);
      }
    }
  }));

test('a link shows what it asks for before the button that grants it', () =>
  withBrowser('layout-review', async ({ server, page }) => {
    await setUp({ server, page });
    await page.setViewportSize({ width: 1280, height: 720 });
    await openScopes(page);
    await next(page);
    await page.getByRole('heading', { name: 'Review' }).waitFor();
    const create = await page.getByRole('button', { name: 'Create token' }).boundingBox();
    for (const scope of ['write:repository:bitbucket', 'write:pullrequest:bitbucket']) {
      const shown = await page.locator('.review-scopes').getByText(scope).boundingBox();
      assert.ok(shown.y > 0 && shown.y + shown.height < create.y, `${scope} at ${shown.y}`);
    }
  }));

test('the bar of a phone leaves the page to the page', () =>
  withBrowser('layout-phone', async ({ server, page }) => {
    await setUp({ server, page });
    await page.setViewportSize({ width: 360, height: 740 });
    await openScopes(page);
    const bar = await page.locator('.wizard .card-foot').boundingBox();
    assert.ok(bar.height <= 740 * 0.15, `${bar.height} pixels`);
    const button = await page.getByRole('button', { name: 'Next' }).boundingBox();
    assert.ok(button.x + button.width > 300, `Next ends at ${button.x + button.width}`);
  }));

test('a link names three scopes that nobody knows, and only what looks like one', () =>
  withBrowser('layout-link', async ({ server, page }) => {
    await setUp({ server, page });
    const strangers = Array.from({ length: 60 }, (_, i) => `read:thing${i}`);
    const scopes = ['CALL-0900-1234', 'x'.repeat(90), ...strangers].join(',');
    await page.goto(`${TOKENS}/new?name=Deploy&app=bitbucket&scopes=${scopes}`);
    const said = page.getByText('The link asked for scopes');
    await said.waitFor();
    const list = 'read:thing0, read:thing1, read:thing2 and 59 more.';
    assert.ok((await said.textContent()).endsWith(list), await said.textContent());
  }));

test('a copy button is beside its code, never over it', () =>
  withBrowser('layout-code', async ({ server, page }) => {
    await setUp({ server, page });
    await page.goto(`${TOKENS}/new`);
    await fillWizard(page, { name: 'Laptop', preset: 'Git: read' });
    await createToken(page);
    for (const width of [360, 700, 1280]) {
      await page.setViewportSize({ width, height: 740 });
      for (const block of await page.locator('.code-block:visible').all()) {
        const code = await block.locator('pre').boundingBox();
        const button = await block.locator('.btn').boundingBox();
        const beside = button.x >= code.x + code.width;
        assert.ok(beside || button.y >= code.y + code.height, `${width}: ${code.x} ${button.x}`);
      }
    }
  }));

test('long names leave an account its menu', () =>
  withBrowser('layout-accounts', async ({ server, page }) => {
    await setUp({ server, page });
    const username = `u${'x'.repeat(29)}`;
    const email = `${'a'.repeat(60)}@${'example.'.repeat(8)}org`;
    const words = ['--email', email, '--username', username, '--name', 'N'.repeat(90)];
    await server.cli('account', 'create', ...words);
    for (const width of [1280, 900, 360]) {
      await page.setViewportSize({ width, height: 860 });
      await page.goto('/admin/accounts');
      const menu = page.getByRole('button', { name: /^Actions for N/ });
      await menu.waitFor();
      const { x, width: wide } = await menu.boundingBox();
      assert.ok(x > 0 && x + wide <= width, `${width}: from ${x} to ${x + wide}`);
    }
  }));
