// An authenticator app: oathtool stands for it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from './waiting.mjs';

const run = promisify(execFile);

/** What an authenticator app shows at this moment. */
export async function codeOf(key) {
  const { stdout } = await run('oathtool', ['--totp', '--base32', key]);
  return stdout.trim();
}

/** The next code after `used`: the same one twice is refused. */
export const codeAfter = (key, used) =>
  until('the app shows another code', async () => {
    const code = await codeOf(key);
    return code === used ? undefined : code;
  });

/** Sets one up on the page Security; returns its key, the code that was used, the recovery codes. */
export async function setUpTotp(page) {
  await page.goto('/settings/security');
  return turnOnTotp(page);
}

/** The same where one is on that page already. */
export async function turnOnTotp(page) {
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const key = (await page.locator('code.key').textContent()).replaceAll(' ', '');
  const code = await codeOf(key);
  await page.getByLabel('Then enter the code that it shows').fill(code);
  await page.getByRole('button', { name: 'Turn on' }).click();
  const list = page.getByRole('list', { name: 'Recovery codes' });
  await list.waitFor();
  const codes = await list.getByRole('listitem').allTextContents();
  await page.getByRole('button', { name: 'I have saved them' }).click();
  return { key, code, codes };
}
