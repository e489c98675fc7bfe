// Administration.

import { signIn } from './account.mjs';

async function open(page, path, ready) {
  await signIn(page, 'alice', `/admin/${path}`);
  await page.locator(ready).first().waitFor();
}

const rows = 'tbody tr';

export default [
  { name: 'admin-accounts', run: ({ page }) => open(page, 'accounts', rows) },
  {
    name: 'admin-account-menu',
    async run({ page }) {
      await open(page, 'accounts', rows);
      await page.getByRole('button', { name: 'Actions for Bob Okafor' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'admin-invite',
    async run({ page }) {
      await open(page, 'accounts', rows);
      await page.getByRole('button', { name: 'Invite a person' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'admin-invited',
    async run({ page, mock }) {
      mock.state.mail = false;
      await open(page, 'accounts', rows);
      await page.getByRole('button', { name: 'Invite a person' }).click();
      await page.getByLabel('E-mail', { exact: true }).fill('dana@example.com');
      await page.getByLabel('Username', { exact: true }).fill('dana');
      await page.getByRole('button', { name: 'Invite', exact: true }).click();
      await page.getByText('Hand over this link').waitFor();
    },
  },
  {
    name: 'admin-suspend',
    async run({ page }) {
      await open(page, 'accounts', rows);
      await page.getByRole('button', { name: 'Actions for Bob Okafor' }).click();
      await page.getByRole('menuitem', { name: 'Suspend…' }).click();
      await page.getByText('Suspend Bob Okafor?').waitFor();
    },
  },
  { name: 'admin-service-accounts', run: ({ page }) => open(page, 'service-accounts', rows) },
  {
    name: 'admin-service-account',
    run: ({ page }) => open(page, 'service-accounts/acc0000000000009', rows),
  },
  { name: 'admin-credentials', run: ({ page }) => open(page, 'credentials', rows) },
  {
    name: 'admin-unused',
    async run({ page }) {
      await open(page, 'credentials', rows);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Revoke what is unused…' }).click();
      await page.getByText('would be revoked').waitFor();
    },
  },
  { name: 'admin-policies', whole: true, run: ({ page }) => open(page, 'policies', 'form') },
  { name: 'admin-audit', run: ({ page }) => open(page, 'audit', rows) },
  {
    name: 'admin-change',
    async run({ page }) {
      await open(page, 'audit', rows);
      await page.locator('tbody .cell-name').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'admin-apps', run: ({ page }) => open(page, 'apps', '.entry-actions') },
  {
    name: 'admin-app',
    async run({ page }) {
      await open(page, 'apps', '.entry-actions');
      await page.getByRole('button', { name: 'Show scopes of Bitbucket' }).click();
      await page.locator('.vocabulary').first().waitFor();
    },
  },
  { name: 'admin-health', run: ({ page }) => open(page, 'health', '.figures') },
];
