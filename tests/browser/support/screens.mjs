// Every screen of a server that has something to show, each with how one gets there.

import { createPassword, fillWizard, next, PASSWORDS, TOKENS } from './credentials.mjs';
import { ADMIN, openWindow, setUp, signIn } from './session.mjs';
import { setUpTotp } from './totp.mjs';

const ANA = {
  email: 'ana@example.com',
  username: 'ana',
  name: 'Ana Duarte',
  password: 'five other unrelated plain words',
};

const account = (server, { email, username, name }, ...more) =>
  server.cli(
    'account',
    'create',
    '--email',
    email,
    '--username',
    username,
    '--name',
    name,
    ...more,
  );

async function token(server, owner, name, expires, ...scopes) {
  const asked = scopes.flatMap((scope) => ['--scope', `${scope}:bitbucket`]);
  const words = ['--account', owner, '--name', name, '--expires', expires, ...asked, '--json'];
  return JSON.parse(await server.cli('token', 'create', ...words));
}

const linkOf = async (server, who) =>
  JSON.parse(await server.cli('account', 'link', who, '--json')).link;

/** Accounts, credentials and a signed-in administrator; returns what screens need. */
export async function furnish({ server, browser, context, page }) {
  await setUp({ server, page });
  await account(server, ANA);
  await account(server, { email: 'bo@example.com', username: 'bo', name: 'Bo Lind' });
  await account(server, { email: 'ci@example.com', username: 'ci', name: 'CI' }, '--service');
  const reads = ['read:repository', 'read:user'];
  const pushes = ['read:repository', 'write:repository'];
  const used = await token(server, 'maria', 'Laptop', '90d', ...pushes, 'read:user');
  await token(server, 'maria', 'CI: website', '30d', ...reads);
  await token(server, 'maria', 'Renovate', '3d', ...pushes, 'write:pullrequest');
  const old = await token(server, 'maria', 'Old laptop', '365d', ...reads);
  await token(server, 'ci', 'Nightly build', '90d', ...pushes);
  await server.cli('token', 'revoke', old.id, '--reason', 'The laptop was lost.');
  for (const [name, permission] of [
    ['Sourcetree', 'repository:write'],
    ['Old build server', 'repository'],
  ]) {
    const words = ['--account', 'maria', '--name', name, '--permission', permission];
    await server.cli('app-password', 'create', ...words);
  }
  await fetch(`${server.url}/2.0/user`, { headers: { Authorization: `Bearer ${used.secret}` } });

  const ana = await openWindow(browser, server);
  await ana.page.goto(await linkOf(server, 'ana'));
  await ana.page.getByRole('textbox', { name: 'New password' }).fill(ANA.password);
  await ana.page.getByRole('button', { name: 'Set the password and sign in' }).click();
  await ana.page.waitForURL((url) => url.pathname.startsWith('/settings/'));
  await setUpTotp(ana.page);
  const state = await context.storageState();
  const stateOfAna = await ana.context.storageState();
  await ana.context.close();
  return { server, state, stateOfAna, invitation: await linkOf(server, 'bo') };
}

/** What the server says when a session is over or its proof is old; asked for, it would take hours. */
const refuse = (status, code) => (page) =>
  page.route(
    (url) => url.pathname.startsWith('/api/v1/'),
    (route) =>
      route.request().method() === 'GET'
        ? route.continue()
        : route.fulfill({
            status,
            contentType: 'application/problem+json',
            body: JSON.stringify({ type: `urn:latchkey:problem:${code}`, title: code, status }),
          }),
  );

/** Signed in or not, and the path; then what is done there. */
const screen = (name, path, ready, more = {}) => ({
  name,
  who: 'maria',
  async run(page, site) {
    await page.goto(path);
    await ready(page, site);
  },
  ...more,
});

const heading = (name) => (page) => page.getByRole('heading', { level: 1, name }).waitFor();
const row = (page) => page.locator('tbody tr').first().waitFor();
const dialog = (page) => page.getByRole('dialog').waitFor();
const button = (name) => (page) => page.getByRole('button', { name }).first().click();

/** One after the other. */
const steps =
  (...all) =>
  async (page, site) => {
    for (const step of all) await step(page, site);
  };

const wizardTo = (step) => async (page) => {
  await page.getByLabel('Name', { exact: true }).fill('CI: website');
  if (step > 1) await next(page);
  if (step > 1) await page.getByText('Bitbucket', { exact: true }).click();
  if (step > 2) await next(page);
  if (step > 2) await button('Git: push')(page);
  if (step > 3) await next(page);
};

const NEW_TOKEN = `${TOKENS}/new`;
const NEW_PASSWORD = `${PASSWORDS}/new`;

const signedOut = [
  screen('login', '/login', heading('Sign in')),
  screen('forgotten', '/login/forgotten', heading(/./)),
  screen('link-over', '/link#gone.gone', heading('This link does not work any more')),
  {
    name: 'link-set-up',
    async run(page, { setUpLink }) {
      await page.goto(setUpLink);
      await page.getByRole('button', { name: 'Make the account' }).waitFor();
    },
  },
  {
    name: 'link-invitation',
    async run(page, { invitation }) {
      await page.goto(invitation);
      await page.getByRole('textbox', { name: 'New password' }).fill('short');
    },
  },
  {
    name: 'second-step',
    async run(page) {
      await signIn(page, ANA);
      await page.getByLabel('Code of your authenticator app').waitFor();
    },
  },
].map((entry) => ({ ...entry, who: 'nobody' }));

const own = [
  screen('profile', '/settings/profile', heading('Profile')),
  screen('settings-menu', '/settings/profile', steps(heading('Profile'), button('Settings menu'))),
  screen('account-menu', '/settings/profile', button(`Account menu of ${ADMIN.name}`)),
  screen('security', '/settings/security', (page) => page.getByText('This one').waitFor()),
  screen('security-app', '/settings/security', button('Set up an authenticator app')),
  screen(
    'recovery-codes',
    '/settings/security',
    async (page) => {
      await page.getByRole('button', { name: 'Make new codes' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Make new codes' }).click();
      await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
    },
    { who: 'ana' },
  ),
  screen('passkey-add', '/settings/security', steps(button('Add a passkey'), dialog)),
  screen('reauthenticate', '/settings/security', async (page) => {
    await refuse(403, 'reauthentication-required')(page);
    await button('Set up an authenticator app')(page);
    await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor();
  }),
  screen('session-ended', '/settings/profile', async (page) => {
    await page.getByRole('textbox', { name: 'Name' }).fill('Maria S.');
    await refuse(401, 'sign-in-required')(page);
    await button('Save')(page);
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  }),
  screen('no-connection', '/settings/profile', async (page) => {
    await page.getByRole('textbox', { name: 'Name' }).fill('Maria S.');
    await page.context().setOffline(true);
    await button('Save')(page);
    await page.getByRole('alert').waitFor();
  }),
  screen('tokens', TOKENS, row),
  screen('tokens-empty', TOKENS, (page) => page.getByText('No API tokens yet').waitFor(), {
    who: 'ana',
  }),
  screen('token-details', TOKENS, async (page) => {
    await page.locator('tbody .cell-name', { hasText: 'Laptop' }).first().click();
    await page.getByRole('dialog').waitFor();
  }),
  screen('token-revoke', TOKENS, async (page) => {
    await button('Actions for Renovate')(page);
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByLabel('Reason').fill('Moved to another server.');
  }),
  screen('wizard-1', NEW_TOKEN, wizardTo(1)),
  screen('wizard-2', NEW_TOKEN, wizardTo(2)),
  screen('wizard-3', NEW_TOKEN, wizardTo(3)),
  screen('wizard-4', NEW_TOKEN, async (page) => {
    await fillWizard(page, { name: 'CI: website', preset: 'Git: push' });
  }),
  screen(
    'wizard-prefilled',
    `${NEW_TOKEN}?app=bitbucket&scopes=read:user:bitbucket&expires=7d`,
    (page) => page.getByText('A link filled in this form').waitFor(),
  ),
  screen('new-token', NEW_TOKEN, async (page) => {
    await fillWizard(page, { name: 'CI: website', preset: 'Git: push' });
    await button('Create token')(page);
    await page.getByRole('heading', { name: 'New API token' }).waitFor();
  }),
  screen('passwords', PASSWORDS, row),
  screen('password-form', NEW_PASSWORD, async (page) => {
    await page.getByLabel('Name', { exact: true }).fill('Old build server');
    await page.getByRole('checkbox', { name: /^Write pull requests/ }).press('Space');
  }),
  screen('new-password', NEW_PASSWORD, (page) =>
    createPassword(page, 'Old build server', [/^Read repositories/]),
  ),
  screen('not-found', '/settings/nowhere', heading('There is no such page')),
];

const administration = [
  screen('admin-accounts', '/admin/accounts', row),
  screen('admin-invite', '/admin/accounts', steps(row, button('Invite a person'))),
  screen('admin-service-accounts', '/admin/service-accounts', row),
  screen('admin-service-account', '/admin/service-accounts', async (page) => {
    await page.locator('tbody').getByRole('link', { name: 'CI' }).click();
    await page.getByText('Nightly build').first().waitFor();
  }),
  screen('admin-credentials', '/admin/credentials', row),
  screen('admin-policies', '/admin/policies', (page) => page.locator('main form').waitFor()),
  screen('admin-audit', '/admin/audit', row),
  screen('admin-change', '/admin/audit', async (page) => {
    await page.locator('tbody .cell-name').first().click();
    await page.getByRole('dialog').waitFor();
  }),
  screen('admin-apps', '/admin/apps', button('Show scopes of Bitbucket')),
  screen('admin-health', '/admin/health', (page) => page.locator('.figures').waitFor()),
];

export const SCREENS = [...signedOut, ...own, ...administration];
