// The wizard without a mouse: what each Tab reaches, where the focus is after each step, and how many
// keys and clicks it takes from the settings to a copied token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOKENS } from './support/credentials.mjs';
import { setUp, withBrowser } from './support/session.mjs';
import { until } from './support/waiting.mjs';

/** What a screen reader would call the focused element: its role and name. */
const focused = (page) =>
  page.evaluate(() => {
    const part = document.activeElement;
    const label =
      part.ariaLabel ||
      (part.labels?.length ? part.labels[0].textContent : '') ||
      (part.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ') ||
      part.textContent;
    return `${part.getAttribute('role') || part.type || part.localName}: ${label.trim()}`;
  });

/** Whether the focused element can be seen to have the focus. */
const focusShows = (page) =>
  page.evaluate(() => {
    const part = document.activeElement;
    const around = [part, part.parentElement, part.closest('label')].filter(Boolean);
    return around.some((each) => {
      const style = getComputedStyle(each);
      return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    });
  });

/** Counts what a person does. */
class Hands {
  keys = 0;
  clicks = 0;

  constructor(page) {
    this.page = page;
  }

  async press(key, times = 1) {
    for (let i = 0; i < times; ++i) await this.page.keyboard.press(key);
    this.keys += times;
  }

  async type(text) {
    await this.page.keyboard.type(text);
    this.keys += text.length;
  }

  async click(target) {
    await target.click();
    ++this.clicks;
  }

  /** Tabs until `wanted` has the focus; returns what was passed. */
  async tabTo(wanted, limit = 40) {
    const passed = [];
    for (let i = 0; i < limit; ++i) {
      const here = await focused(this.page);
      if (wanted.test(here)) return passed;
      passed.push(here);
      await this.press('Tab');
    }
    assert.fail(`${wanted} is not reached by Tab: ${passed.join(' | ')}`);
  }
}

const headingHasFocus = (page, name) =>
  until(`the heading "${name}" has the focus`, async () =>
    (await focused(page)).endsWith(`: ${name}`),
  );

test('the wizard by keyboard alone: order, focus, and back by Escape and Back', () =>
  withBrowser('keyboard', async ({ server, page }) => {
    await setUp({ server, page });
    const hands = new Hands(page);
    await page.goto(`${TOKENS}/new`);
    await page.getByRole('heading', { name: 'Name and expiry' }).waitFor();

    // The page opens at the field that is to be filled in.
    await until('the name has the focus', async () => /: Name$/.test(await focused(page)));
    assert.ok(await focusShows(page));

    // Next without a name stays, says why, and leads back to the field.
    await hands.press('Enter');
    await page.getByText('Enter a name, so that you know later what uses this token.').waitFor();
    await until('the name has the focus again', async () => /: Name$/.test(await focused(page)));
    await hands.type('CI: website');
    const afterName = [];
    for (let i = 0; i < 6 && !/submit: Next/.test(afterName.at(-1) ?? ''); ++i) {
      await hands.press('Tab');
      afterName.push(await focused(page));
      assert.ok(await focusShows(page), `the focus does not show on ${afterName.at(-1)}`);
    }
    // One stop for the choice of an expiry, then the ways out, in the order in which they stand.
    assert.match(afterName[0], /^radio: /);
    assert.match(afterName.at(-2), /Cancel/);
    assert.match(afterName.at(-1), /^submit: Next/);
    await hands.press('Shift+Tab', 2);
    await hands.press('ArrowLeft');
    assert.match(await focused(page), /^radio: \d+ days/);
    await hands.tabTo(/^submit: Next/);
    await hands.press('Enter');

    await headingHasFocus(page, 'App');
    await hands.tabTo(/^radio: .*Bitbucket/);
    await hands.press('Space');
    await hands.tabTo(/^submit: Next/);
    await hands.press('Enter');

    await headingHasFocus(page, 'Scopes');
    const order = await hands.tabTo(/Git: read/);
    assert.ok(order.length < 8, order.join(' | '));
    await hands.press('Enter');
    assert.ok(await page.getByRole('checkbox', { name: 'read:repository:bitbucket' }).isChecked());
    // Pressing it leaves the focus where it is.
    assert.match(await focused(page), /Git: read/);
    await hands.tabTo(/^checkbox: .*read:repository:bitbucket/, 200);
    await hands.tabTo(/^submit: Next/, 200);
    await hands.press('Enter');

    await headingHasFocus(page, 'Review');
    await hands.tabTo(/Back/);
    await hands.press('Enter');
    await headingHasFocus(page, 'Scopes');
    assert.ok(await page.getByRole('checkbox', { name: 'read:repository:bitbucket' }).isChecked());
    await hands.tabTo(/^submit: Next/, 200);
    await hands.press('Enter');
    await headingHasFocus(page, 'Review');
    await hands.tabTo(/^submit: Create token/);
    await hands.press('Enter');

    await headingHasFocus(page, 'New API token');
    await hands.tabTo(/Done/);
    await hands.press('Enter');
    // Not copied yet: it asks, with the focus in the dialog; Escape stays, and gives the focus back.
    await page.getByRole('alertdialog').waitFor();
    assert.ok(
      await page.evaluate(() => document.activeElement.closest('[role=alertdialog]') !== null),
    );
    await hands.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
    await until('the focus is back', async () => /Done/.test(await focused(page)));
    await hands.tabTo(/Copy the token/);
    await hands.press('Enter');
    await until('it is copied', () =>
      page.evaluate(async () => (await navigator.clipboard.readText()).startsWith('lkat_')),
    );
  }));

test('clicks and keys from the settings to a copied token', (context) =>
  withBrowser('counted', async ({ server, page }) => {
    await setUp({ server, page });
    await page.goto('/settings/profile');
    const hands = new Hands(page);
    const link = (name) => page.getByRole('link', { name }).first();
    await hands.click(page.getByRole('button', { name: 'Settings menu' }));
    await hands.click(page.getByRole('menuitem', { name: 'Account settings' }));
    await hands.click(page.getByRole('navigation').getByRole('link', { name: 'Security' }));
    await hands.click(link('Create and manage API tokens'));
    await hands.click(link('Create API token with scopes'));
    await hands.click(page.getByLabel('Name', { exact: true }));
    await hands.type('Laptop');
    await hands.press('Enter');
    await page.getByRole('heading', { name: 'App' }).waitFor();
    await hands.click(page.getByText('Bitbucket', { exact: true }));
    await hands.click(page.getByRole('button', { name: 'Next' }));
    await hands.click(page.getByRole('button', { name: 'Git: push', exact: true }));
    await hands.click(page.getByRole('button', { name: 'Next' }));
    await hands.click(page.getByRole('button', { name: 'Create token' }));
    await hands.click(page.getByRole('button', { name: 'Copy the token', exact: true }));
    await until('it is copied', () =>
      page.evaluate(async () => (await navigator.clipboard.readText()).startsWith('lkat_')),
    );
    // Bitbucket: avatar, Manage account, Security, Create and manage API tokens, Create with scopes, name,
    // expiry, Next, app, Next, two scopes, Next, Create, Copy: its nine steps take 13 clicks or more.
    context.diagnostic(
      `${hands.clicks} clicks and ${hands.keys} keys; Bitbucket's nine steps: 13 clicks and the name`,
    );
    assert.ok(hands.clicks <= 13 && hands.keys <= 'Laptop'.length + 1);

    // From the link of a refusal it is the name and five presses.
    const short = new Hands(page);
    await page.goto(`${TOKENS}/new?app=bitbucket&scopes=read:repository:bitbucket&name=Laptop`);
    await page.getByRole('heading', { name: 'Name and expiry' }).waitFor();
    await short.click(page.getByRole('button', { name: 'Next' }));
    await short.click(page.getByRole('button', { name: 'Next' }));
    await short.click(page.getByRole('button', { name: 'Next' }));
    await short.click(page.getByRole('button', { name: 'Create token' }));
    await short.click(page.getByRole('button', { name: 'Copy the token', exact: true }));
    context.diagnostic(`from a prefilled link: ${short.clicks} clicks`);
    assert.equal(short.clicks, 5);
  }));
