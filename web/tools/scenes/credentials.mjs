// API tokens and app passwords.

import { signIn } from './account.mjs';

export const TOKENS = '/settings/security/api-tokens';
const PASSWORDS = '/settings/personal/app-passwords';

async function list(page, path = TOKENS) {
  await signIn(page, 'alice', path);
  await page.locator('.list-table tbody tr').first().waitFor();
}

const next = (page) => page.getByRole('button', { name: 'Next' }).click();

/** Goes through the wizard up to a step, 1 to 4. */
async function wizard(page, step, search = '') {
  await signIn(page);
  await page.goto(`${TOKENS}/new${search}`);
  await page.getByLabel('Name', { exact: true }).fill('CI: website');
  if (step === 1) return;
  await next(page);
  await page.locator('.radio-card').first().click();
  if (step === 2) return;
  await next(page);
  await page.getByRole('button', { name: 'Git: push' }).click();
  if (step === 3) return;
  await next(page);
  await page.getByRole('heading', { name: 'Review' }).waitFor();
}

export async function newToken(page) {
  await wizard(page, 4);
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByRole('heading', { name: 'New API token' }).waitFor();
}

async function passwordForm(page) {
  await signIn(page, 'alice', `${PASSWORDS}/new`);
  await page.getByLabel('Name', { exact: true }).fill('Old build server');
  await page.getByRole('checkbox', { name: /^Write pull requests/ }).press('Space');
}

export default [
  { name: 'tokens', run: ({ page }) => list(page) },
  {
    name: 'tokens-empty',
    async run({ page }) {
      await signIn(page, 'carol', TOKENS);
      await page.getByText('No API tokens yet').waitFor();
    },
  },
  {
    name: 'tokens-selected',
    async run({ page }) {
      await list(page);
      for (const index of [0, 1, 2]) {
        await page.locator('tbody').getByRole('checkbox').nth(index).press('Space');
      }
      await page.getByText('3 selected').waitFor();
    },
  },
  {
    name: 'tokens-pasted',
    async run({ page, mock }) {
      await list(page);
      const id = await page.locator('tbody code.cell-minor').nth(2).textContent();
      await page.getByLabel(/^Search by name/).fill(`lkat_${id}B0d1e2F3g4H5i6J7k8L9mZ1WonnN`);
      await page.getByText('1 of').waitFor();
      const sent = mock.requests.filter((request) => request.includes('lkat_'));
      if (sent.length) throw new Error(`a secret was sent: ${sent}`);
      if ((await page.content()).includes('lkat_')) throw new Error('a secret stayed in the page');
    },
  },
  {
    name: 'token-details',
    async run({ page }) {
      await list(page);
      await page.locator('tbody .cell-name').nth(2).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'token-revoke',
    async run({ page }) {
      await list(page);
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Revoke' }).click();
      await page.getByLabel('Reason').fill('The laptop was lost.');
    },
  },
  { name: 'wizard-1', run: ({ page }) => wizard(page, 1) },
  {
    name: 'wizard-1-date',
    async run({ page }) {
      await wizard(page, 1);
      await page.getByText('On a date').click();
      await next(page);
      await page.getByText('Choose a day.').first().waitFor();
    },
  },
  { name: 'wizard-2', run: ({ page }) => wizard(page, 2) },
  { name: 'wizard-3', run: ({ page }) => wizard(page, 3) },
  {
    name: 'wizard-3-search',
    async run({ page }) {
      await wizard(page, 3);
      await page.getByLabel('Search scopes').fill('pull');
    },
  },
  { name: 'wizard-4', whole: true, run: ({ page }) => wizard(page, 4) },
  {
    name: 'wizard-prefilled',
    run: ({ page }) =>
      wizard(page, 1, '?app=bitbucket&scopes=read:user:bitbucket,no:such:scope&expires=30d'),
  },
  {
    name: 'wizard-discard',
    async run({ page }) {
      await wizard(page, 3);
      await page.getByRole('link', { name: 'API tokens' }).last().click();
      await page.getByText('Discard this token?').waitFor();
    },
  },
  { name: 'new-token', whole: true, run: ({ page }) => newToken(page) },
  {
    name: 'new-token-leave',
    async run({ page }) {
      await newToken(page);
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByText('Leave without copying').waitFor();
    },
  },
  { name: 'passwords', run: ({ page }) => list(page, PASSWORDS) },
  { name: 'password-form', whole: true, run: ({ page }) => passwordForm(page) },
  {
    name: 'new-password',
    async run({ page }) {
      await passwordForm(page);
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('dialog', { name: 'New app password' }).waitFor();
    },
  },
  {
    name: 'passwords-off',
    async run({ page, mock }) {
      mock.state.policy.app_passwords = false;
      await list(page, PASSWORDS);
      await page.getByText('turned app passwords off').waitFor();
    },
  },
];
