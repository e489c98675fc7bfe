// What a person does to get a credential, from the settings' cog to the clipboard.

import { until } from './waiting.mjs';

export const TOKENS = '/settings/security/api-tokens';
export const PASSWORDS = '/settings/personal/app-passwords';

export const next = (page) => page.getByRole('button', { name: 'Next' }).click();

async function chooseSettings(page, entry) {
  await page.getByRole('button', { name: 'Settings menu' }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

/** The way through the settings to the wizard's first step. */
export async function openWizard(page) {
  await chooseSettings(page, 'Account settings');
  await page.getByRole('navigation').getByRole('link', { name: 'Security' }).click();
  await page.getByRole('link', { name: 'Create and manage API tokens' }).click();
  await page.getByRole('link', { name: 'Create API token with scopes' }).first().click();
  await page.getByRole('heading', { name: 'Name and expiry' }).waitFor();
}

/** Fills in what is asked, up to the review. */
export async function fillWizard(page, { name, expiry = '30 days', preset, scopes = [] }) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByText(expiry, { exact: true }).click();
  await next(page);
  await page.getByText('Bitbucket', { exact: true }).click();
  await next(page);
  if (preset) await page.getByRole('button', { name: preset, exact: true }).click();
  for (const scope of scopes) {
    await page.getByLabel('Search scopes').fill(scope);
    await page.getByRole('checkbox', { name: scope }).press('Space');
  }
  await next(page);
  await page.getByRole('heading', { name: 'Review' }).waitFor();
}

/** Creates what the review shows; returns the token, as its copy button gives it. */
export async function createToken(page) {
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByRole('heading', { name: 'New API token' }).waitFor();
  return copied(page, 'Copy the token');
}

export async function openPasswordForm(page) {
  await chooseSettings(page, 'Personal settings');
  await page.getByRole('navigation').getByRole('link', { name: 'App passwords' }).click();
  await page.getByRole('link', { name: 'Create app password' }).first().click();
  await page.getByRole('heading', { name: 'Create app password' }).waitFor();
}

/** Creates one with the permissions named by their titles; returns it. */
export async function createPassword(page, name, permissions) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  for (const permission of permissions) {
    await page.getByRole('checkbox', { name: permission }).press('Space');
  }
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('dialog', { name: 'New app password' }).waitFor();
  return copied(page, 'Copy the app password');
}

/** Presses a copy button; returns what the clipboard then holds. */
export async function copied(page, label) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.getByRole('button', { name: label, exact: true }).click();
  return until(`the clipboard holds what "${label}" copies`, () =>
    page.evaluate(() => navigator.clipboard.readText()),
  );
}

/** One of the ready commands, as it is copied. */
export async function command(page, title) {
  await page.getByRole('tab', { name: title, exact: true }).click();
  return copied(page, `Copy: ${title}`);
}
