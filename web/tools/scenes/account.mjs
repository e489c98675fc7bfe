// Signing in, profile, security.

import { LINKS, PASSWORD } from '../../mock/state.mjs';
import { totp } from '../../mock/totp.mjs';

/** Signs in by the form and waits for `path`. */
export async function signIn(page, user = 'alice', path = '/settings/security') {
  await page.goto(`/login?next=${encodeURIComponent(path)}`);
  await page.getByLabel('E-mail or username').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** An authenticator inside the browser, for passkeys. */
export async function addAuthenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function setUpTotp(page) {
  await signIn(page);
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const key = await page.locator('code.key').textContent();
  return key.replaceAll(' ', '');
}

export default [
  {
    name: 'login',
    async run({ page }) {
      await page.goto('/login');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
  },
  {
    name: 'login-failed',
    async run({ page }) {
      await page.goto('/login');
      await page.getByLabel('E-mail or username').fill('alice');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'second-step',
    async run({ page }) {
      await signIn(page, 'bob', '/login/second-step').catch(() => {});
      await page.getByLabel('Code of your authenticator app').waitFor();
    },
  },
  {
    name: 'forgotten',
    async run({ page }) {
      await page.goto('/login/forgotten');
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
  {
    name: 'link-set-up',
    async run({ page }) {
      await page.goto(`/link#${LINKS.setUp}`);
      await page.getByLabel('E-mail').fill('maria@example.com');
      await page.getByLabel('Username').fill('maria');
      await page.getByLabel('New password', { exact: true }).fill('four unrelated words');
    },
  },
  {
    name: 'link-invitation',
    async run({ page }) {
      await page.goto(`/link#${LINKS.invitation}`);
      await page.getByLabel('New password', { exact: true }).fill('short');
      await page.getByRole('button', { name: 'Set the password and sign in' }).click();
    },
  },
  {
    name: 'link-over',
    async run({ page }) {
      await page.goto('/link#gone.gone');
      await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
    },
  },
  {
    name: 'profile',
    async run({ page }) {
      await signIn(page, 'alice', '/settings/profile');
    },
  },
  {
    name: 'security',
    whole: true,
    async run({ page }) {
      await signIn(page);
      await page.getByText('Safari on iPhone').waitFor();
    },
  },
  {
    name: 'security-totp',
    async run({ page }) {
      await setUpTotp(page);
    },
  },
  {
    name: 'security-recovery-codes',
    async run({ page }) {
      const key = await setUpTotp(page);
      await page.getByLabel('Then enter the code that it shows').fill(totp(key, Date.now()));
      await page.getByRole('button', { name: 'Turn on' }).click();
      await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
    },
  },
  {
    name: 'security-passkey',
    whole: true,
    async run({ page }) {
      await addAuthenticator(page);
      await signIn(page);
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('Work laptop');
      await page.getByRole('dialog').getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByRole('button', { name: 'I have saved them' }).click();
      await page.getByText('Work laptop').waitFor();
    },
  },
  {
    name: 'change-password',
    async run({ page }) {
      await signIn(page);
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByLabel('New password', { exact: true }).fill('alice');
    },
  },
  {
    name: 'confirm',
    async run({ page, mock }) {
      await signIn(page);
      for (const session of mock.state.sessions) session.proofUntil = 0;
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor();
    },
  },
  {
    name: 'session-ended',
    async run({ page, mock }) {
      await signIn(page, 'alice', '/settings/profile');
      await page.getByRole('textbox', { name: 'Name' }).fill('Alice M.');
      for (const session of mock.state.sessions) session.ended = true;
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    },
  },
  {
    name: 'settings-menu',
    async run({ page }) {
      await signIn(page);
      await page.getByRole('button', { name: 'Settings menu' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'account-menu',
    async run({ page }) {
      await signIn(page);
      await page.getByRole('button', { name: 'Account menu of Alice Moreau' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'side-bar',
    async run({ page }) {
      await signIn(page, 'alice', '/settings/profile');
      const toggle = page.getByRole('button', { name: 'Sections: Profile' });
      if (await toggle.isVisible()) await toggle.click();
    },
  },
  {
    name: 'not-found',
    async run({ page }) {
      await page.goto('/nowhere');
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    },
  },
];
