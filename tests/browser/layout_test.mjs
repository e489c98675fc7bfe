// What the wizard shows where there is little room: a small window, 200 % zoom, a phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next, TOKENS } from './support/credentials.mjs';
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
